package httpapi

import (
	"context"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

type totpSetupJSON struct {
	Secret orNull[string] `json:"secret" doc:"For those who cannot scan, in base32; null when it was turned on meanwhile."`
	URI    orNull[string] `json:"uri" doc:"otpauth://, which opens an authenticator on the same device."`
	QR     orNull[string] `json:"qr" doc:"The same as a QR code: an SVG picture, without scripts and styles."`
}

type codeInput struct {
	Body codeJSON
	recoveryOutput
}

type codeJSON struct {
	Code string `json:"code" maxLength:"100" doc:"What the authenticator shows."`
}

type bothFactorsInput struct {
	Body bothFactorsJSON
	recoveryOutput
}

type bothFactorsJSON struct {
	Password string `json:"password,omitempty" maxLength:"1000" doc:"Needed by everybody who has one."`
	Code     string `json:"code" maxLength:"100" doc:"What the authenticator shows, or a recovery code."`
}

// recoveryOutput takes the codes from where they are made to where they are shown.
type recoveryOutput struct{ codes []string }

type recoveryJSON struct {
	Codes []string `json:"recovery_codes" doc:"Each signs in once. They are shown this once: empty when the request is repeated."`
}

func (r *recoveryOutput) show() (*answerOf[recoveryJSON], error) {
	return &answerOf[recoveryJSON]{recoveryJSON{filled(r.codes)}}, nil
}

// totpRoutes are one's own second factor.
func totpRoutes(a *API) {
	begin := beforeTOTP(operation(http.MethodPost, "/me/totp", "begin-totp", "Make a secret for a second factor, which counts when it is confirmed", "me"))
	begin.DefaultStatus = http.StatusCreated
	post(a, begin, agents,
		func(ctx context.Context, c *caller, _ *struct{}) error { return a.app.BeginTOTP(ctx, c.Viewer) },
		a.showTOTP)
	confirm := beforeTOTP(operation(http.MethodPost, "/me/totp/confirm", "confirm-totp", "Turn the second factor on with its first code", "me"))
	confirm.DefaultStatus = http.StatusOK
	post(a, confirm, agents,
		func(ctx context.Context, c *caller, in *codeInput) error {
			c.hideBody()
			return a.asTry(ctx, c, func() (err error) {
				in.codes, err = a.app.ConfirmTOTP(ctx, c.Viewer, in.Body.Code)
				return err
			})
		},
		func(_ context.Context, _ *caller, in *codeInput, _ []int64) (*answerOf[recoveryJSON], error) {
			return in.show()
		})
	renew := beforeTOTP(operation(http.MethodPost, "/me/totp/recovery-codes", "renew-recovery-codes", "Make new recovery codes; those that are left end", "me"))
	renew.DefaultStatus = http.StatusOK
	post(a, renew, agents,
		func(ctx context.Context, c *caller, in *bothFactorsInput) error {
			c.hideBody()
			return a.asTry(ctx, c, func() (err error) {
				in.codes, err = a.app.RenewRecoveryCodes(ctx, c.Viewer, in.Body.Password, in.Body.Code)
				return err
			})
		},
		func(_ context.Context, _ *caller, in *bothFactorsInput, _ []int64) (*answerOf[recoveryJSON], error) {
			return in.show()
		})
	route(a, beforeTOTP(operation(http.MethodDelete, "/me/totp", "delete-totp", "Turn the second factor off", "me")), agents,
		func(ctx context.Context, c *caller, in *bothFactorsInput) (*struct{}, error) {
			return nil, a.asTry(ctx, c, func() error { return a.app.DeleteTOTP(ctx, c.Viewer, in.Body.Password, in.Body.Code) })
		})
}

func (a *API) showTOTP(ctx context.Context, c *caller, _ *struct{}, _ []int64) (*answerOf[totpSetupJSON], error) {
	setup, err := a.app.PendingTOTP(ctx, c.Viewer)
	if err != nil || setup == nil {
		return &answerOf[totpSetupJSON]{}, err
	}
	qr, err := app.QRCode(setup.URI, "QR code")
	if err != nil {
		return nil, err
	}
	return &answerOf[totpSetupJSON]{totpSetupJSON{Secret: some(setup.Secret), URI: some(setup.URI), QR: some(qr)}}, nil
}

// signInOfRoutes are what administrators end for people who cannot sign in any
// more as they used to.
func signInOfRoutes(a *API, people *noun[dm.Person, wholePersonJSON], manage need) {
	for _, r := range []struct {
		path, verb, summary string
		do                  func(context.Context, *caller, int64) error
	}{
		{"/{id}/totp", "reset-totp-of", "Turn off the second factor of somebody who has lost it", func(ctx context.Context, c *caller, id int64) error { return a.app.ResetTOTP(ctx, c.Viewer, id) }},
		{"/{id}/sign-in-links", "unlink", "Forget who a person is at sign-in providers; the next sign-in matches them anew", func(ctx context.Context, c *caller, id int64) error {
			return a.app.UnlinkSubjects(ctx, c.Viewer, id)
		}},
	} {
		route(a, people.operation(http.MethodDelete, r.path, r.verb, r.summary), manage,
			func(ctx context.Context, c *caller, in *IDInput) (*struct{}, error) { return nil, r.do(ctx, c, in.ID) })
	}
}
