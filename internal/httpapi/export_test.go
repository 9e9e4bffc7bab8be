package httpapi

import "github.com/danielgtaylor/huma/v2"

// Description gives tests the description of the API that is served.
func (a *API) Description() *huma.OpenAPI { return a.huma.OpenAPI() }
