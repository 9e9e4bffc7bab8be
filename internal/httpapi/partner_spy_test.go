package httpapi_test

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// spyClient notes the key of the invitation that goes through it.
type spyClient struct {
	app.PartnerClient
	uuid, key string
}

// Send implements app.PartnerClient.
func (s *spyClient) Send(ctx context.Context, m *app.PartnerMessage) app.PartnerAnswer {
	if m.Kind == dm.SendAgreement {
		s.uuid, s.key = m.Partner.UUID, m.Key
	}
	return s.PartnerClient.Send(ctx, m)
}
