package smtpin

import (
	"github.com/emersion/go-smtp"

	"github.com/deskmesh/deskmesh"
)

// replies is the table from error codes to SMTP replies (RFC 5321 section 4.2,
// RFC 3463). The texts are fixed, so no answer carries anything of the inside.
// What is not listed may pass, and answers later.
var replies = map[deskmesh.Code]*smtp.SMTPError{
	deskmesh.NotFound:    {Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "There is no such mailbox here"},
	deskmesh.Gone:        {Code: 550, EnhancedCode: smtp.EnhancedCode{5, 2, 1}, Message: "This mailbox takes no mail"},
	deskmesh.Forbidden:   {Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "This message is not allowed here"},
	deskmesh.Invalid:     {Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "This message cannot be taken"},
	deskmesh.TooLarge:    {Code: 552, EnhancedCode: smtp.EnhancedCode{5, 3, 4}, Message: "This message is too large"},
	deskmesh.RateLimited: {Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Too much mail at once, please try again later"},
}

var (
	later     = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Please try again later"}
	busy      = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "Too many large messages, please try again later"}
	goodbye   = &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 7, 0}, Message: "Too many refused recipients, closing connection"}
	badSender = &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 1, 7}, Message: "This sender address is not valid"}
	badTarget = &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 1, 3}, Message: "This recipient address is not valid"}
	looping   = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 4, 6}, Message: "This message runs in a loop"}
	longLine  = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "This message has a line that is too long"}
)

// reply turns an error of Inbound into what the sender hears.
func reply(err error) error {
	if err == nil {
		return nil
	}
	if r, ok := replies[deskmesh.CodeOf(err)]; ok {
		return r
	}
	return later
}
