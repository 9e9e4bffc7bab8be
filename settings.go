package deskmesh

import (
	"math"
	"slices"
	"strconv"
)

// OnDisable says what becomes of existing shares while sharing is off (C10).
type OnDisable string

// The two answers.
const (
	KeepShares    OnDisable = "keep"
	SuspendShares OnDisable = "suspend"
)

// PortalShareScope says with whom requesters may share their tickets (C16).
type PortalShareScope string

// The scopes. A department and a company are sets of requesters, so agents are
// in neither.
const (
	PortalShareOff        PortalShareScope = "off"
	PortalShareDepartment PortalShareScope = "same_department"
	PortalShareCompany    PortalShareScope = "same_company"
	PortalShareAnyone     PortalShareScope = "anyone"
)

// PeopleSearch says how requesters find the people they let in.
type PeopleSearch string

// The two ways.
const (
	SearchExact     PeopleSearch = "exact"     // only by a whole primary address
	SearchDirectory PeopleSearch = "directory" // also by the beginning of a name or address
)

// Settings are an account's typed settings. SettingList documents each one.
type Settings struct {
	SharingEnabled        bool
	DefaultLevel          Level
	MaxInternal           int // live shares with agents and groups per ticket; 0 no cap
	MaxExternal           int // requesters' shares, CCs together per ticket; 0 no cap
	RequesterTargets      bool
	Searchable            bool
	HideEmptyMenu         bool
	RecipientsCanReshare  bool
	ForwardOnShared       bool
	ProtectStatusAssignee bool
	RoleCap               bool
	DefaultExpiryDays     int // 0 none
	MaxExpiryDays         int // 0 none
	EndAfterClosedDays    int // 0 never
	RequireReason         bool
	OnDisable             OnDisable
	SharePolicy           PolicyDefault // where no entry of the policy fits
	CCGrantsAccess        string        // "none", "view", "comment"
	InviteUnknown         bool          // an address that nobody has becomes a requester when it is let in
	PortalShareScope      PortalShareScope
	PortalShareLevel      Level // the most that a requester gives
	PortalSearch          PeopleSearch
	PortalCC              bool
	PortalLinks           bool
	PortalOtherBrands     bool // at a brand's address one is led to one's tickets of other brands
	SatisfactionAsk       bool
	SatisfactionDays      int // for which it can be said, and changed
	LinksEnabled          bool
	LinkPassword          bool // a public link needs a password
	LinkSignIn            bool // it opens only to people of the account
	LinkMaxDays           int  // 0 none
	LinkMaxViews          int  // 0 none
	PartnersEnabled       bool // agreements with other desks
	PartnersDeclineAll    bool // invitations of others are declined unseen
	PartnersPerTicket     int  // live links of one ticket
	AttachmentMaxBytes    int
	AttachmentBlocked     string // file name endings, separated by spaces
	UndoSeconds           int    // for which the sending of a message can be undone; 0 off
	SessionDays           int
	RequireTOTP           RequireTOTP
	PasswordSignIn        bool // of agents; owners and requesters always have it
	RetainRawMailDays     int  // 0 for ever
	RetainNoticeDays      int
	RetainJobDays         int
	RetainExportDays      int
	RetainDeliveryDays    int
	RetainMailLogDays     int // the log of mails that left
	RetainDraftDays       int
	RetainLinkUseDays     int
}

// Setting describes one setting: its key in the API, what it is for, and how
// it is read and written.
type Setting struct {
	Key     string
	Help    string
	Kind    string // "boolean", "integer", "choice", "text"
	Choices []string
	Min     int
	Max     int
	get     func(*Settings) any
	set     func(*Settings, any)
}

// Get reads the setting's value.
func (d *Setting) Get(s *Settings) any { return d.get(s) }

// Set validates and writes v, which is a bool, a float64 or an int, or a
// string as JSON gives them. It returns an Invalid error that names the key.
func (d *Setting) Set(s *Settings, v any) error {
	switch d.Kind {
	case "boolean":
		b, ok := v.(bool)
		if !ok {
			return BadField(d.Key, "This setting is true or false.")
		}
		d.set(s, b)
	case "integer":
		n, ok := wholeNumber(v)
		if !ok || n < d.Min || n > d.Max {
			return BadField(d.Key, "This setting is a whole number from %d to %d.", d.Min, d.Max)
		}
		d.set(s, n)
	default:
		text, ok := v.(string)
		if !ok || len(text) > 1000 || (d.Kind == "choice" && !slices.Contains(d.Choices, text)) {
			if d.Kind == "choice" {
				return BadField(d.Key, "This setting is one of %v.", d.Choices)
			}
			return BadField(d.Key, "This setting is a text of at most 1000 characters.")
		}
		d.set(s, text)
	}
	return nil
}

func wholeNumber(v any) (int, bool) {
	switch n := v.(type) {
	case int:
		return n, true
	case float64:
		if n == math.Trunc(n) && math.Abs(n) < 1<<53 {
			return int(n), true
		}
	}
	return 0, false
}

// Text renders a value for storage.
func (d *Setting) Text(s *Settings) string {
	switch v := d.get(s).(type) {
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case string:
		return v
	}
	return ""
}

// Parse reads a stored text; a text that does not fit is an error.
func (d *Setting) Parse(s *Settings, text string) error {
	switch d.Kind {
	case "boolean":
		b, err := strconv.ParseBool(text)
		if err != nil {
			return err
		}
		return d.Set(s, b)
	case "integer":
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		return d.Set(s, n)
	}
	return d.Set(s, text)
}

// DefaultSettings are the settings of a new account (features: C4, C6, ...).
func DefaultSettings() Settings {
	return Settings{
		DefaultLevel: LevelEdit, MaxInternal: 25, MaxExternal: 50, RoleCap: true, OnDisable: KeepShares, SharePolicy: PolicyAllows,
		CCGrantsAccess: "none", AttachmentMaxBytes: 25 << 20, AttachmentBlocked: ".exe .bat .cmd .com .scr .js .vbs .msi",
		UndoSeconds: 10, SessionDays: 14, RequireTOTP: TOTPOptional, PasswordSignIn: true, RetainNoticeDays: 90, RetainJobDays: 30, HideEmptyMenu: true, RetainExportDays: 7, RetainDeliveryDays: 14, RetainMailLogDays: 180, RetainDraftDays: 90,
		LinkMaxDays: 90, RetainLinkUseDays: 90, PortalShareScope: PortalShareOff, PortalShareLevel: LevelComment, PortalSearch: SearchExact, PortalOtherBrands: true, SatisfactionDays: 14, PartnersPerTicket: 5,
	}
}

func boolean(key, help string, field func(*Settings) *bool) Setting {
	return Setting{Key: key, Help: help, Kind: "boolean",
		get: func(s *Settings) any { return *field(s) },
		set: func(s *Settings, v any) { *field(s) = v.(bool) }}
}

func integer(key, help string, least, most int, field func(*Settings) *int) Setting {
	return Setting{Key: key, Help: help, Kind: "integer", Min: least, Max: most,
		get: func(s *Settings) any { return *field(s) },
		set: func(s *Settings, v any) { *field(s) = v.(int) }}
}

func choice[T ~string](key, help string, choices []string, field func(*Settings) *T) Setting {
	return Setting{Key: key, Help: help, Kind: "choice", Choices: choices,
		get: func(s *Settings) any { return string(*field(s)) },
		set: func(s *Settings, v any) { *field(s) = T(v.(string)) }}
}

// SettingList is every setting, in the order administrators see them.
var SettingList = []Setting{
	boolean("sharing.enabled", "Tickets can be shared. While off nothing new is shared; sharing.on_disable says what becomes of existing shares.",
		func(s *Settings) *bool { return &s.SharingEnabled }),
	choice("sharing.default_level", "Level of a share when none is given.", []string{"view", "comment", "edit"},
		func(s *Settings) *Level { return &s.DefaultLevel }),
	integer("sharing.max_internal", "Live shares with agents and groups that one ticket may have; 0 sets no limit.", 0, 1000,
		func(s *Settings) *int { return &s.MaxInternal }),
	integer("sharing.max_external", "CCs, followers and shares with requesters that one ticket may have together; 0 sets no limit.", 0, 1000,
		func(s *Settings) *int { return &s.MaxExternal }),
	boolean("sharing.agents_may_share_with_requesters", "Agents may let requesters in to a ticket.",
		func(s *Settings) *bool { return &s.RequesterTargets }),
	boolean("sharing.searchable", "Search finds tickets that one sees only through a share.",
		func(s *Settings) *bool { return &s.Searchable }),
	boolean("sharing.hide_empty_menu", "The two views of what is shared with oneself are hidden while they are empty.",
		func(s *Settings) *bool { return &s.HideEmptyMenu }),
	boolean("sharing.recipients_can_reshare", "New shares let their recipients share the ticket on, unless said otherwise.",
		func(s *Settings) *bool { return &s.RecipientsCanReshare }),
	boolean("sharing.forward_on_shared", "A share may give the right to forward and to bring in new addresses.",
		func(s *Settings) *bool { return &s.ForwardOnShared }),
	boolean("sharing.protect_status_assignee", "A share never gives the right to change status, assignee or group.",
		func(s *Settings) *bool { return &s.ProtectStatusAssignee }),
	boolean("sharing.role_cap", "A share opens the ticket, the role decides what may be done. Off: the level alone decides.",
		func(s *Settings) *bool { return &s.RoleCap }),
	integer("sharing.default_expiry_days", "Days after which a new share ends when no end is given; 0 never.", 0, 3650,
		func(s *Settings) *int { return &s.DefaultExpiryDays }),
	integer("sharing.max_expiry_days", "Longest life of a share in days; 0 sets no limit.", 0, 3650,
		func(s *Settings) *int { return &s.MaxExpiryDays }),
	integer("sharing.end_after_closed_days", "Days after a ticket was solved or closed when its shares end; 0 never.", 0, 3650,
		func(s *Settings) *int { return &s.EndAfterClosedDays }),
	boolean("sharing.require_reason", "A reason must be given when a ticket is shared.",
		func(s *Settings) *bool { return &s.RequireReason }),
	choice("sharing.on_disable", "What becomes of shares while sharing is off.", []string{"keep", "suspend"},
		func(s *Settings) *OnDisable { return &s.OnDisable }),
	choice("sharing.policy_default", "What holds for a share that no entry of the sharing policy fits.", []string{"allow", "deny"},
		func(s *Settings) *PolicyDefault { return &s.SharePolicy }),
	choice("cc_grants_access", "What a requester in CC may do with the ticket.", []string{"none", "view", "comment"},
		func(s *Settings) *string { return &s.CCGrantsAccess }),
	boolean("sharing.invite_unknown", "Requesters may let in an address that nobody has; its owner becomes a requester. Off: only people of the account. Within a department or a company it changes nothing.",
		func(s *Settings) *bool { return &s.InviteUnknown }),
	choice("portal.share_scope", "With whom requesters may share their tickets: with nobody, within their own department or company, or with anyone of the account, agents included. What is shared already stays when it is turned off.",
		[]string{"off", "same_department", "same_company", "anyone"}, func(s *Settings) *PortalShareScope { return &s.PortalShareScope }),
	choice("portal.share_level", "The most that a requester may give, and what they give as a rule: to read, to answer, or to change subject and priority too, to solve and to reopen.",
		[]string{"view", "comment", "edit"}, func(s *Settings) *Level { return &s.PortalShareLevel }),
	choice("portal.people_search", "How requesters find people: only by a whole address, or by the beginning of a name too.",
		[]string{"exact", "directory"}, func(s *Settings) *PeopleSearch { return &s.PortalSearch }),
	boolean("portal.cc", "Requesters may put people of the account in copy, within the scope of portal.share_scope where that names one.",
		func(s *Settings) *bool { return &s.PortalCC }),
	boolean("portal.links", "Requesters may make public links to their tickets, where links.enabled is on.",
		func(s *Settings) *bool { return &s.PortalLinks }),
	boolean("portal.other_brands", "The portal of a brand, which lists the brand's tickets, leads to those of the other brands too.",
		func(s *Settings) *bool { return &s.PortalOtherBrands }),
	boolean("satisfaction.ask", "Requesters are asked how their ticket was solved: in the portal, and an hour later by mail. Never where a program had filed it.",
		func(s *Settings) *bool { return &s.SatisfactionAsk }),
	integer("satisfaction.days", "Days after a ticket was solved in which its requester may say how, and change their mind.", 1, 90,
		func(s *Settings) *int { return &s.SatisfactionDays }),
	boolean("links.enabled", "Agents may make public links: addresses that open one ticket to whoever holds them. While off, no link works.",
		func(s *Settings) *bool { return &s.LinksEnabled }),
	boolean("links.require_password", "Every new public link needs a password.",
		func(s *Settings) *bool { return &s.LinkPassword }),
	boolean("links.require_sign_in", "Public links open only to people of the account who are signed in.",
		func(s *Settings) *bool { return &s.LinkSignIn }),
	integer("links.max_days", "Longest life of a public link in days; 0 sets no limit.", 0, 3650,
		func(s *Settings) *int { return &s.LinkMaxDays }),
	integer("links.max_views", "Most visits that one public link may allow; 0 sets no limit.", 0, 10000,
		func(s *Settings) *int { return &s.LinkMaxViews }),
	boolean("partners.enabled", "Tickets can be shared with other desks, and by them. While off nothing crosses, and messages of partners are refused.",
		func(s *Settings) *bool { return &s.PartnersEnabled }),
	boolean("partners.decline_all", "Invitations of other desks are declined unseen, but for those through a one-time address.",
		func(s *Settings) *bool { return &s.PartnersDeclineAll }),
	integer("partners.max_per_ticket", "Partners that one ticket may be shared with at the same time.", 1, 50,
		func(s *Settings) *int { return &s.PartnersPerTicket }),
	integer("attachments.max_bytes", "Largest file that can be attached, in bytes.", 1024, 100<<20,
		func(s *Settings) *int { return &s.AttachmentMaxBytes }),
	Setting{Key: "attachments.blocked", Help: "Endings of file names that are refused, separated by spaces.", Kind: "text",
		get: func(s *Settings) any { return s.AttachmentBlocked },
		set: func(s *Settings, v any) { s.AttachmentBlocked = v.(string) }},
	integer("replies.undo_seconds", "Seconds for which the sending of a message can be undone in the workspace; 0 sends at once.", 0, 120,
		func(s *Settings) *int { return &s.UndoSeconds }),
	integer("security.session_days", "Days after which a sign-in ends.", 1, 365,
		func(s *Settings) *int { return &s.SessionDays }),
	choice("security.require_totp", "Which agents must have a second factor to sign in with a password. Administrators are those who keep people, roles, settings or security. Whoever must and has none can only set it up.",
		[]string{"off", "administrators", "agents"}, func(s *Settings) *RequireTOTP { return &s.RequireTOTP }),
	boolean("security.password_sign_in", "Agents may sign in with a password. It can be turned off while a sign-in provider is enabled; owners keep their password, so that nobody is locked out.",
		func(s *Settings) *bool { return &s.PasswordSignIn }),
	integer("retention.raw_mail_days", "Days for which raw mails are kept; 0 for ever.", 0, 3650,
		func(s *Settings) *int { return &s.RetainRawMailDays }),
	integer("retention.notification_days", "Days for which in-app notifications are kept; 0 for ever.", 0, 3650,
		func(s *Settings) *int { return &s.RetainNoticeDays }),
	integer("retention.job_days", "Days for which finished and dead jobs are kept, and records of scheduled messages that were sent or cancelled; 0 for ever.", 0, 3650,
		func(s *Settings) *int { return &s.RetainJobDays }),
	integer("retention.export_days", "Days for which exported files, and the records of imports, are kept.", 1, 90,
		func(s *Settings) *int { return &s.RetainExportDays }),
	integer("retention.delivery_days", "Days for which the logs of webhooks and partners keep deliveries that have ended; 0 for ever.", 0, 3650,
		func(s *Settings) *int { return &s.RetainDeliveryDays }),
	integer("retention.mail_log_days", "Days for which the log of outgoing mails is kept; 0 for ever.", 0, 3650,
		func(s *Settings) *int { return &s.RetainMailLogDays }),
	integer("retention.draft_days", "Days for which drafts are kept after they were last saved; 0 for ever.", 0, 3650,
		func(s *Settings) *int { return &s.RetainDraftDays }),
	integer("retention.link_use_days", "Days for which the logs of public links are kept; 0 for ever.", 0, 3650,
		func(s *Settings) *int { return &s.RetainLinkUseDays }),
}

// SettingByKey finds a setting; nil when the key is unknown.
func SettingByKey(key string) *Setting {
	for i := range SettingList {
		if SettingList[i].Key == key {
			return &SettingList[i]
		}
	}
	return nil
}
