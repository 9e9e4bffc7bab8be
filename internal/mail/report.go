package mail

import (
	"regexp"
	"strings"
)

// DeliveryReport is what a mail server says of a mail that it was given for one
// recipient (RFC 3464). None of it is proven.
type DeliveryReport struct {
	Action string // failed, delayed, delivered, relayed or expanded
	Status string // such as 5.1.1 (RFC 3463); "" where none is given
	Detail string // what the server there said, in one line; "" for nothing
}

// maxReportDetail bounds what is kept of a server's answer, in runes.
const maxReportDetail = 400

// Delivery reads the report in a message; nil where it has none. Of several
// recipients the first that failed counts, as a mail of this desk has one.
func (in *Incoming) Delivery() *DeliveryReport {
	for i := range in.Attachments {
		part := &in.Attachments[i]
		if part.ContentType == "message/delivery-status" || part.ContentType == "message/global-delivery-status" {
			return readDelivery(part.Content)
		}
	}
	return nil
}

// maxDelivery bounds what is read of a report, in bytes.
const maxDelivery = 64 << 10

func readDelivery(content []byte) *DeliveryReport {
	text := strings.ReplaceAll(toUTF8(string(content[:min(len(content), maxDelivery)])), "\r\n", "\n")
	var first *DeliveryReport
	for i, group := range strings.Split(strings.TrimLeft(text, "\n"), "\n\n") {
		fields := reportFields(group)
		if fields["action"] == "" || i == 0 && fields["final-recipient"] == "" {
			continue
		}
		r := reportOf(fields)
		if r.Action == "failed" {
			return r
		}
		if first == nil {
			first = r
		}
	}
	return first
}

var enhancedStatus = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)

func reportOf(fields map[string]string) *DeliveryReport {
	action, _, _ := strings.Cut(strings.ToLower(fields["action"]), " ")
	r := &DeliveryReport{Action: action, Status: enhancedStatus.FindString(fields["status"])}
	_, said, found := strings.Cut(fields["diagnostic-code"], ";")
	if !found {
		said = fields["diagnostic-code"]
	}
	r.Detail = cutRunes(strings.TrimSpace(line(said)), maxReportDetail)
	// Some write the general status and the true one into the text.
	if strings.HasSuffix(r.Status, ".0.0") || r.Status == "" {
		if exact := enhancedStatus.FindString(r.Detail); exact != "" {
			r.Status = exact
		}
	}
	return r
}

// reportFields reads the fields of one group, unfolded.
func reportFields(group string) map[string]string {
	fields := map[string]string{}
	name := ""
	for row := range strings.Lines(group) {
		row = strings.TrimRight(row, "\n")
		if name != "" && row != "" && (row[0] == ' ' || row[0] == '\t') {
			fields[name] += " " + strings.TrimSpace(row)
			continue
		}
		before, after, ok := strings.Cut(row, ":")
		if name = strings.ToLower(strings.TrimSpace(before)); ok && fields[name] == "" {
			fields[name] = strings.TrimSpace(after)
		}
	}
	return fields
}

// NoSuchAddress says whether a status means that mail to the address never
// arrives: there is no such mailbox or domain, or it takes no mail any more
// (RFC 3463 sections 3.2 to 3.5). A full mailbox, a refused content or a policy
// mean less.
func NoSuchAddress(status string) bool {
	switch status {
	case "5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.2.1", "5.4.1", "5.4.4":
		return true
	}
	return false
}

// StatusIn finds the enhanced status in a server's answer; "" for none.
func StatusIn(answer string) string { return enhancedStatus.FindString(answer) }
