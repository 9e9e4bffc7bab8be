package site

// inWorkspace answers with the workspace where an agent is signed in and there is
// one. It says whether it did.
func (v *visit) inWorkspace() bool {
	if v.options.Workspace == nil || !v.viewer().IsAgent() {
		return false
	}
	v.options.Workspace.Page(v.w, v.r)
	return true
}

// workspace answers an address that only the workspace has: agents get its
// document, everybody else learns that there is no such page.
func (v *visit) workspace() error {
	if !v.needSignedIn(v.r.URL.RequestURI()) || v.inWorkspace() {
		return nil
	}
	return errMissingPage
}
