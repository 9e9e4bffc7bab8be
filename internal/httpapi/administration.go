package httpapi

// administrationRoutes registers the routes for what administrators keep: people,
// roles, groups, inboxes, settings and the like, a file for each noun.
func administrationRoutes(a *API) {
	for _, register := range []func(*API){
		settingRoutes, accountRoutes, peopleRoutes, ownRoutes, ownSessionRoutes, noticeSwitchRoutes, noticeMatrixRoutes, groupRoutes, departmentRoutes, companyRoutes,
		roleRoutes, brandRoutes, inboxRoutes, mailboxRoutes, mailServerRoutes, dkimRoutes, ticketFieldRoutes, ticketStatusRoutes, apiTokenRoutes, jobRoutes, auditRoutes, heldMailRoutes, outgoingRoutes,
		webhookRoutes, totpRoutes, providerRoutes, mailTemplateRoutes, ruleRoutes, partnerRoutes, zendeskRoutes,
	} {
		register(a)
	}
}
