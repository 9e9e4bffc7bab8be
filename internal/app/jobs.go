package app

import (
	"context"
	"time"

	"github.com/deskmesh/deskmesh/internal/jobs"
)

// Jobs registers the handlers of the app's kinds of job, and their schedules.
func (a *App) Jobs(r *jobs.Runner) {
	jobs.Handle(r, JobTell, func(ctx context.Context, j *jobs.Job, args tellArgs) error {
		return a.tellPeople(ctx, j.Account, args)
	})
	jobs.Handle(r, JobNotice, func(ctx context.Context, j *jobs.Job, args noticeArgs) error {
		return a.sendNotice(ctx, j, args)
	})
	jobs.Handle(r, JobDigest, func(ctx context.Context, j *jobs.Job, args digestJobArgs) error {
		return a.sendDigest(ctx, j, args)
	})
	jobs.Handle(r, JobGroupMail, func(ctx context.Context, j *jobs.Job, args groupMailArgs) error {
		return a.sendGroupMail(ctx, j, args)
	})
	jobs.Handle(r, JobScheduled, func(ctx context.Context, j *jobs.Job, args scheduledArgs) error {
		return a.sendScheduled(ctx, j.Account, args)
	})
	jobs.Handle(r, JobSideMail, func(ctx context.Context, j *jobs.Job, args sideMailArgs) error {
		return a.sendSideMail(ctx, j, args)
	})
	jobs.Handle(r, JobMailIn, func(ctx context.Context, j *jobs.Job, args mailInArgs) error {
		return a.takeMail(ctx, j.Account, args.Mail)
	})
	jobs.Handle(r, JobRefusal, func(ctx context.Context, j *jobs.Job, args refusalArgs) error {
		return a.sendRefusal(ctx, j, args)
	})
	jobs.Handle(r, JobMailFailed, func(ctx context.Context, j *jobs.Job, args mailFailedArgs) error {
		return a.noteFailed(ctx, j.Account, args)
	})
	jobs.Handle(r, JobTemplateTest, func(ctx context.Context, j *jobs.Job, args templateTestArgs) error {
		return a.sendTemplateTest(ctx, j, args)
	})
	jobs.Handle(r, JobSignInLink, func(ctx context.Context, j *jobs.Job, args signInLinkArgs) error {
		return a.sendSignInLink(ctx, j, args)
	})
	jobs.Handle(r, JobSatisfaction, func(ctx context.Context, j *jobs.Job, args satisfactionArgs) error {
		return a.sendSatisfaction(ctx, j, args)
	})
	jobs.Handle(r, JobForgetMails, func(ctx context.Context, j *jobs.Job, args forgetArgs) error {
		return a.forgetMailsOf(ctx, j.Account, args.Person)
	})
	jobs.Handle(r, JobReindexRequester, func(ctx context.Context, j *jobs.Job, args reindexArgs) error {
		return a.reindexRequester(ctx, j.Account, args.Person)
	})
	jobs.Handle(r, JobExport, a.writeExport)
	jobs.Handle(r, JobBulk, a.runBulk)
	jobs.Handle(r, JobTellBulk, func(ctx context.Context, j *jobs.Job, args bulkArgs) error {
		return a.tellBulk(ctx, j.Account, args)
	})
	jobs.Handle(r, JobBulkNotice, func(ctx context.Context, j *jobs.Job, args bulkNoticeArgs) error {
		return a.sendBulkNotice(ctx, j, args)
	})
	jobs.Handle(r, JobImportPeople, a.importPeople)
	jobs.Handle(r, JobAsk, func(ctx context.Context, j *jobs.Job, args askArgs) error {
		return a.lookAtWish(ctx, j.Account, args)
	})
	jobs.Handle(r, JobWebhookEvent, func(ctx context.Context, j *jobs.Job, args webhookEventArgs) error {
		return a.fanOut(ctx, j.Account, args)
	})
	jobs.Handle(r, JobWebhook, func(ctx context.Context, j *jobs.Job, args webhookArgs) error {
		return a.sendWebhook(ctx, j.Account, args.Webhook)
	})
	jobs.Handle(r, JobWebhookDue, func(ctx context.Context, j *jobs.Job, args webhookArgs) error {
		return a.webhookDue(ctx, j.Account, args.Webhook)
	})
	jobs.Handle(r, JobPartner, func(ctx context.Context, j *jobs.Job, args partnerArgs) error {
		return a.sendToPartner(ctx, j.Account, args)
	})
	jobs.Handle(r, JobPartnerDue, func(ctx context.Context, j *jobs.Job, args partnerArgs) error {
		return a.partnerDue(ctx, j.Account, args)
	})
	jobs.Handle(r, JobPartnerNews, func(ctx context.Context, j *jobs.Job, args partnerNewsArgs) error {
		return a.sendPartnerNews(ctx, j, args)
	})
	jobs.Handle(r, JobPartnerFile, func(ctx context.Context, j *jobs.Job, args partnerFileArgs) error {
		return a.fetchPartnerFile(ctx, j.Account, args)
	})
	jobs.Handle(r, JobRuleMail, func(ctx context.Context, j *jobs.Job, args ruleMailArgs) error {
		return a.sendRuleMail(ctx, j, args)
	})
	jobs.Handle(r, JobTimeRun, a.runTimeRules)
	r.Register(JobTimeRules, func(ctx context.Context, _ *jobs.Job) error { return a.timeRules(ctx) })
	r.Register(JobSweepShares, func(ctx context.Context, _ *jobs.Job) error { return a.SweepShares(ctx) })
	r.Register(JobSweepOld, func(ctx context.Context, _ *jobs.Job) error { return a.SweepOld(ctx) })
	r.Register(JobSweepClocks, func(ctx context.Context, _ *jobs.Job) error { return a.SweepClocks(ctx) })
	r.Register(JobRecountClocks, a.recountClocks)
	r.Every(JobSweepShares, 30*time.Second)
	r.Every(JobSweepClocks, 30*time.Second)
	r.Every(JobSweepOld, time.Hour)
	r.Every(JobTimeRules, timeRuleEvery)
}
