package httpapi

// administrationRoutes registers the routes for what administrators keep: people,
// roles, groups, inboxes, settings and the like, a file for each noun.
func administrationRoutes(*API) {}
