package mail

// Recipients gives every address that a message's header names as one it was sent
// to, as far as servers and senders wrote them. It reads the header alone.
func Recipients(raw []byte) []string {
	head, _ := splitHeader(raw)
	h, _ := readHeader(head, Limits{}.withDefaults().Header)
	var list []string
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc"} {
		found, _ := parseAddresses(h[name])
		for _, a := range found {
			list = append(list, a.Email)
		}
	}
	return list
}

// ReturnPath gives the envelope's sender as the server that delivered a message
// wrote it down; "" for a bounce. Where none is written it is the sender of the
// header.
func ReturnPath(raw []byte) string {
	head, _ := splitHeader(raw)
	h, _ := readHeader(head, Limits{}.withDefaults().Header)
	names := []string{"Return-Path", "From"}
	if len(h["Return-Path"]) > 0 {
		names = names[:1]
	}
	for _, name := range names {
		if found, _ := parseAddresses(h[name]); len(found) > 0 {
			return found[0].Email
		}
	}
	return ""
}
