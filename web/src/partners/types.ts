// What the API says of partners. Written by hand until every route is in its description.

export type Direction = "outbound" | "inbound";
export type Status = "draft" | "pending" | "accepted" | "declined" | "inactive" | "failed" | "ssl_error" | "configuration_error";

/** What of a shared ticket crosses; the same both ways. */
export type Terms = {
  public_comments: boolean;
  private_comments: boolean;
  status: boolean;
  tags: boolean;
  attachments: boolean;
  /** Titles of own fields; "*" is every field that both desks have. */
  fields: string[];
  history: "all" | "from_now";
  only_marked: boolean;
};

/** One agreement with another desk, of one direction. */
export type Partner = {
  id: number;
  direction: Direction;
  status: Status;
  /** What we call them; "" where nobody has said. */
  name: string;
  /** What they call themselves. */
  partner_name: string;
  host: string;
  address: string;
  our_address: string;
  fingerprint: string;
  terms: Terms;
  /** Where tickets from them are filed; null for the first inbox. */
  inbox_id: number | null;
  reason: string;
  paused: boolean;
  deactivated_by: "" | "sender" | "receiver";
  capable: boolean;
  signs: boolean;
  /** A new key is under way. */
  rotating: boolean;
  tickets: number;
  waiting: number;
  created_at: string;
  updated_at: string;
  version: number;
};

/** An address that one desk can use once to invite us. url is given when it is made, and never again. */
export type Invitation = { id: number; url?: string; note: string; expires_at: string; used_at: string | null; created_at: string };

export type DeliveryState = "waiting" | "done" | "failed" | "paused";

/** One message to a partner, and what became of it. */
export type Delivery = {
  id: number;
  kind: string;
  state: DeliveryState;
  attempts: number;
  status_code: number | null;
  ms: number;
  error: string;
  next_at: string | null;
  tried_at: string | null;
  created_at: string;
  ticket: { visible: boolean; number: number | null; subject: string } | null;
};

/** Somebody on the other desk. person is somebody of ours, where somebody has said who it is. */
export type ForeignPerson = { id: number; name: string; role: string; person: { id: number; name: string } | null };

/** A field that a partner has sent. problem says why its values are not taken; "" where they are. */
export type SeenField = { title: string; field_id: number | null; problem: string; seen_at: string };

export type Tested = { ok: boolean; reason: string; status_code: number | null; ms: number };

export type LinkState = "sending" | "synced" | "delayed" | "declined" | "closed" | "ended" | "orphaned" | "detached" | "frozen";

/** A ticket that is shared over an agreement, as its ticket lists it. */
export type Link = {
  id: number;
  partner: { id: number; name: string; host: string };
  direction: "sent" | "received";
  state: LinkState;
  reason: string;
  remote_number: string;
  next_try_at: string | null;
  synced_at: string | null;
  shared_by: { id: number; name: string } | null;
  shared_at: string;
  terms: Terms;
};

/** A partner that a ticket can be shared with. */
export type Choice = { id: number; name: string; host: string; terms: Terms };

/** Exactly what a partner would get. */
export type Preview = {
  partner: { id: number; name: string; host: string };
  subject: string;
  status: string;
  requester: string;
  tags: string[];
  fields: { title: string; value: string }[];
  messages: { author: string; public: boolean; text: string; files: string[] }[];
  left_out: { what: string; why: string; count: number }[];
};
