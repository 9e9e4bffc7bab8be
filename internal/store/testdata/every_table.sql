-- At least one row in every table that a backup holds, with values that are easy to lose on the way:
-- other scripts, quotes, line ends, numbers beyond 32 bits, references in circles and to the own table.
INSERT INTO accounts (id, slug, name, base_url, edition, access_version, last_number, created_at) VALUES
  (1, 'acme', 'Acme "Büro" & <Söhne>', 'https://desk.acme.example', 'full', 7, 3, 1790000000000001),
  (2, 'globex', 'グローベックス 🛰', 'https://globex.example', 'full', 1, 0, 1790000000000002);
INSERT INTO secrets (name, value, created_at) VALUES ('reply', 'AAAA+/==', 1), ('Zoo', 'b', 2), ('zoo', 'c', 9007199254740991);
INSERT INTO settings (account_id, name, value) VALUES (1, 'sharing.enabled', 'true'), (1, 'a b', ''), (2, 'ä', 'line
and	tab \ backslash');
INSERT INTO departments (id, account_id, name, name_folded, deleted_at, created_at) VALUES (1, 1, 'Facilities', 'facilities', NULL, 1), (9, 1, 'Gone', 'gone', 5, 1);
INSERT INTO people (id, account_id, kind, name, name_folded, address, scope, all_brands, all_inboxes, department_id, company_id, department_tickets, department_changes, active, erased, password_hash, language, created_at, updated_at) VALUES
  (1, 1, 'agent', 'Ann O''Hara', 'ann o''hara', 'ann@acme.example', 'global', 1, 1, NULL, NULL, 'none', 'none', 1, 0, '$argon2id$x', 'en', 1, 2),
  (2, 1, 'agent', 'Bo', 'bo', 'bo@acme.example', 'group', 0, 0, 1, NULL, 'none', 'none', 0, 0, '', '', 1, 2),
  (3, 1, 'requester', '', '', 'rita@customer.example', 'restricted', 0, 0, NULL, NULL, 'read', 'write', 1, 1, '', 'de', 1, 2);
INSERT INTO companies (id, account_id, name, name_folded, manager_id, deleted_at, created_at) VALUES (4, 1, 'Customer Ltd', 'customer ltd', 1, NULL, 1);
UPDATE people SET company_id = 4 WHERE id IN (1, 3);
INSERT INTO addresses (id, account_id, person_id, address, folded, is_primary) VALUES (1, 1, 1, 'ann@acme.example', 'ann@acme.example', 1), (2, 1, 1, 'Ann@Other.example', 'ann@other.example', 0);
INSERT INTO roles (id, account_id, name, name_folded, built_in, permissions, created_at) VALUES (1, 1, 'Owner', 'owner', 'owner', '["tickets.share"]', 1);
INSERT INTO person_roles (account_id, person_id, role_id) VALUES (1, 1, 1);
INSERT INTO brands (id, account_id, name, name_folded, active, accent, logo, logo_hash, logo_width, created_at) VALUES (1, 1, 'Acme', 'acme', 1, '#0b6e4f', 'iVBORw0+/==', '0123456789ab', 28, 1), (2, 1, 'Old', 'old', 0, '', '', '', 0, 1);
INSERT INTO hosts (name, account_id, brand_id) VALUES ('desk.acme.example', 1, 1), ('globex.example', 2, NULL);
INSERT INTO groups (id, account_id, name, name_folded, owner_id, deleted_at, created_at, mail, mail_address) VALUES (1, 1, 'HR', 'hr', 1, NULL, 1, 'members', ''), (2, 1, 'Billing', 'billing', NULL, NULL, 1, 'address', 'Billing@acme.example');
INSERT INTO group_members (account_id, group_id, person_id) VALUES (1, 1, 1), (1, 1, 2), (1, 2, 2);
INSERT INTO inboxes (id, account_id, brand_id, name, address, address_folded, default_group_id, active, created_at) VALUES (1, 1, 1, 'Support', 'Support@acme.example', 'support@acme.example', 1, 1, 1);
INSERT INTO person_brands (account_id, person_id, brand_id) VALUES (1, 2, 1), (1, 2, 2);
INSERT INTO person_inboxes (account_id, person_id, inbox_id) VALUES (1, 2, 1);
INSERT INTO inbox_groups (account_id, inbox_id, group_id) VALUES (1, 1, 1);
INSERT INTO ticket_statuses (id, account_id, name, name_folded, status, deleted_at, created_at) VALUES (1, 1, 'Waiting for parts', 'waiting for parts', 'on_hold', NULL, 1);
INSERT INTO ticket_fields (id, account_id, name, name_folded, kind, options, required, active, position, portal, types, created_at) VALUES (1, 1, 'Colour', 'colour', 'choice', '["red","blue"]', 1, 1, 2, 'edit', '["service_request"]', 1);
INSERT INTO tags (id, account_id, name) VALUES (1, 1, 'vip'), (2, 1, 'größe');
INSERT INTO tickets (id, account_id, number, version, subject, status, status_id, list_state, priority, type, inbox_id, group_id, assignee_id, requester_id, creator_id, department_id, merged_into, via, share_count, message_count, preview, preview_by, created_at, updated_at, solved_at) VALUES
  (12, 1, 2, 4, 'Printer on fire 🔥', 'on_hold', 1, 1, 4, 'incident', 1, 1, 1, 3, NULL, 1, NULL, 'mail', 1, 2, 'It burns', 3, 10, 20, NULL),
  (11, 1, 1, 9007199254740991, 'Drucker', 'closed', NULL, 0, 1, 'question', 1, NULL, NULL, 3, 1, NULL, 12, 'api', 0, 1, '', NULL, 9, 21, 15),
  (13, 1, 3, 1, 'Third', 'new', NULL, 1, 2, 'task', 1, 2, 2, 3, 2, NULL, NULL, 'portal', 0, 0, '', NULL, 11, 22, NULL);
INSERT INTO ticket_tags (account_id, tag_id, ticket_id) VALUES (1, 2, 12), (1, 1, 12), (1, 1, 11);
INSERT INTO ticket_ccs (account_id, ticket_id, person_id, ticket_list_state, ticket_updated_at) VALUES (1, 12, 2, 1, 20);
INSERT INTO ticket_followers (account_id, ticket_id, person_id) VALUES (1, 12, 1);
INSERT INTO ticket_field_values (account_id, ticket_id, field_id, value) VALUES (1, 12, 1, 'red');
INSERT INTO ticket_links (id, account_id, ticket_id, other_id, kind, created_at) VALUES (1, 1, 12, 13, 'parent', 1);
INSERT INTO raw_mails (id, account_id, envelope_from, recipient, remote_ip, size, blob_key, state, detail, person_id, ticket_id, created_at) VALUES
  (1, 1, 'rita@customer.example', 'support@acme.example', '2001:db8::1', 9, '00000000000000000000000000000001', 'ticket', '', 3, 12, 1),
  (2, 1, '', 'support@acme.example', '', 0, '', 'ignored', 'forgotten', NULL, NULL, 1);
INSERT INTO messages (id, account_id, ticket_id, kind, author_id, text, html, via, raw_mail_id, merged_from, created_at) VALUES
  (1, 1, 12, 'reply', 3, 'It burns: "help" \n </script> & more', '<p>It burns</p>', 'mail', 1, NULL, 1),
  (2, 1, 12, 'note', 1, 'Zwei Wörter 日本語', '', 'api', NULL, 11, 2),
  (3, 1, 11, 'local_note', NULL, '', '', 'system', NULL, NULL, 3);
INSERT INTO mail_ids (account_id, message_id_header, raw_mail_id) VALUES (1, '<a@b>', 1), (1, '<A@b>', 1), (1, '<ä@b>', 1);
INSERT INTO raw_mails (id, account_id, envelope_from, recipient, remote_ip, size, blob_key, state, detail, person_id, ticket_id, created_at, source, helo, trusted, from_name, from_address, digest, verdict, checks) VALUES
  (3, 1, 'eve@elsewhere.example', 'support@acme.example', '192.0.2.1', 7, '00000000000000000000000000000005', 'held', 'waits', NULL, 12, 3, 'imap', 'mx.elsewhere.example', 'mx.acme.example', 'Eve "E"', 'eve@elsewhere.example', '0123456789012345678901234567890123456789012345678901234567890123', 'fail', '{"spf":"fail"}');
INSERT INTO mail_suggestions (account_id, raw_mail_id, ticket_id, reason, person_id, subject, text, files, created_at) VALUES (1, 3, 12, 'stranger', 3, 'Re: Größe', 'Zeile eins
Zeile zwei', 2, 3);
INSERT INTO mail_refusals (account_id, ticket_id, person_id, created_at) VALUES (1, 12, 2, 5);
INSERT INTO mailboxes (account_id, inbox_id, host, port, security, username, auth, secret, token_url, client_id, folder, after_fetch, move_to, trusted_host, active, version, uid_validity, last_uid, last_error, failures, fetched_at, mail_at, lease_owner, lease_until, created_at, updated_at) VALUES
  (1, 1, 'imap.acme.example', 993, 'tls', 'support', 'oauth2', 's1:DDDD', 'https://login.example/token', 'desk', 'INBOX/Ä', 'move', 'Done', 'mx.acme.example', 1, 3, 4294967295, 4294967294, 'no', 2, 7, NULL, 'node', 9, 1, 2);
INSERT INTO attachments (id, account_id, uploader_id, ticket_id, message_id, name, content_type, size, digest, blob_key, content_id, created_at) VALUES
  (1, 1, 3, 12, 1, 'fire.jpg', 'image/jpeg', 3, '0123456789012345678901234567890123456789012345678901234567890123', '00000000000000000000000000000002', 'c@id', 1),
  (2, 1, 1, 12, 2, 'same bytes.jpg', 'image/jpeg', 3, '0123456789012345678901234567890123456789012345678901234567890123', '00000000000000000000000000000002', '', 1),
  (3, 1, 1, NULL, NULL, 'loose.txt', 'text/plain', 3, '0123456789012345678901234567890123456789012345678901234567890123', '00000000000000000000000000000003', '', 1);
INSERT INTO shares (id, account_id, ticket_id, target_kind, target_id, person_id, group_id, level, see_internal, reply_public, forward, can_reshare, reason, cause_kind, cause_id, created_by, created_at, expires_at, opened_at, ended_at, ended_by, end_cause, ticket_list_state, ticket_updated_at) VALUES
  (1, 1, 12, 'group', 2, NULL, 2, 'edit', 1, 1, 0, 1, 'please look', 'person', NULL, 1, 5, 99, 6, NULL, NULL, '', 1, 20),
  (2, 1, 12, 'agent', 2, 2, NULL, 'view', 0, 0, 0, 0, '', 'person', 1, NULL, 5, NULL, NULL, 7, 1, 'revoked', 1, 20);
INSERT INTO events (id, account_id, ticket_id, kind, actor_id, cause_kind, cause_id, cause_name, internal, data, created_at) VALUES
  (1, 1, 12, 'created', 3, 'mail', 1, '', 0, '{}', 1), (2, 1, 12, 'shared', NULL, 'person', NULL, 'x', 1, '{"a":1}', 5);
INSERT INTO notifications (id, account_id, person_id, ticket_id, event_id, kind, created_at, read_at) VALUES (1, 1, 2, 12, 2, 'shared', 5, NULL), (2, 1, 1, 12, 2, 'shared', 5, 6);
INSERT INTO notice_switches (account_id, brand_id, person_id, kind, enabled) VALUES (1, 0, 2, 'shared', 0);
INSERT INTO notice_switches (account_id, brand_id, person_id, kind, enabled, channel, locked) VALUES (1, 0, 0, 'update', 1, 'in_app', 1);
INSERT INTO ticket_mutes (account_id, ticket_id, person_id) VALUES (1, 12, 2);
INSERT INTO digest_lines (id, account_id, person_id, event_id, args, due_at) VALUES (7, 1, 1, 2, '{"event":2,"person":1}', 9007199254740991);
INSERT INTO api_tokens (id, account_id, person_id, name, token_hash, scopes, created_at, expires_at, revoked_at) VALUES (1, 1, 1, 'script', '1111111111111111111111111111111111111111111111111111111111111111', '["read"]', 1, 2, NULL);
INSERT INTO setup_links (token_hash, account_id, person_id, purpose, created_at, expires_at, used_at) VALUES ('2222222222222222222222222222222222222222222222222222222222222222', 1, 1, 'first_run', 1, 2, 3);
INSERT INTO sessions (token_hash, account_id, person_id, created_at, expires_at) VALUES ('3333333333333333333333333333333333333333333333333333333333333333', 1, 1, 1, 2);
INSERT INTO idempotency_keys (account_id, person_id, idempotency_key, route, request_digest, status, ids, created_at) VALUES (1, 1, 'k', 'POST /tickets', '4444444444444444444444444444444444444444444444444444444444444444', 201, '{}', 1);
INSERT INTO audit (id, account_id, actor_id, action, object_kind, object_id, data, created_at) VALUES (1, 1, 1, 'group.renamed', 'group', 1, '{}', 1), (2, 1, NULL, 'swept', '', NULL, '{}', 2);
INSERT INTO webhooks (id, account_id, name, url, events, condition, header_names, headers, all_brands, all_inboxes, all_groups, see_internal, api_version, secret, old_secret, old_secret_until, active, pause_reason, paused_at, failures, failing_from, delivered_at, hold_until, created_by, created_at, updated_at) VALUES
  (3, 1, 'Robot', 'https://robot.example/hook', '["ticket.created"]', '', '["X-Key"]', 's1:aaaa', 0, 1, 0, 1, '1', 's1:bbbb', 's1:cccc', 9, 0, 'failures', 8, 20, 5, 4, 7, 1, 1, 2),
  (80, 1, 'Other', 'https://robot.example/hook', '[]', '', '[]', '', 1, 1, 1, 0, '1', 's1:dddd', '', NULL, 1, '', NULL, 0, NULL, NULL, NULL, NULL, 1, 2);
DELETE FROM webhooks WHERE id = 80;
INSERT INTO webhook_brands (account_id, webhook_id, brand_id) VALUES (1, 3, 1);
INSERT INTO webhook_inboxes (account_id, webhook_id, inbox_id) VALUES (1, 3, 1);
INSERT INTO webhook_groups (account_id, webhook_id, group_id) VALUES (1, 3, 2);
INSERT INTO webhook_deliveries (id, account_id, webhook_id, event_id, kind, state, attempts, status, millis, error, size, digest, next_at, tried_at, created_at) VALUES
  (4, 1, 3, 1, 'ticket.created', 'waiting', 2, 503, 40, 'The receiver answers 503.', 2, '5555555555555555555555555555555555555555555555555555555555555555', 9, 8, 7),
  (5, 1, 3, NULL, 'webhook.test', 'delivered', 1, 200, 4, '', 2, '', NULL, 8, 7);
INSERT INTO jobs (id, account_id, kind, args, state, urgency, run_at, lease_until, lease_owner, attempts, max_attempts, unique_key, ordering_key, last_error, created_at, finished_at) VALUES
  (5, 1, 'mail.send', '{"id":1}', 'running', 1, 3, 4, 'node', 1, 20, 'u', 'o', 'was down', 1, NULL), (70, 0, 'sweep.old', 'null', 'dead', 2, 3, NULL, '', 20, 20, '', '', '', 1, 9);
DELETE FROM jobs WHERE id = 70;
INSERT INTO job_slots (kind, slot) VALUES ('sweep.old', 1790000000000000), ('Sweep', 2);
INSERT INTO demo_mails (id, account_id, sender, recipients, subject, text, html, headers, created_at) VALUES (1, 1, 'a@b.example', '["c@d.example"]', 'Hi', 'text', '<p>html</p>', '{}', 1);
INSERT INTO views (id, account_id, owner_id, audience, group_id, name, name_folded, base, state, filter, columns, sort, position, created_at, updated_at) VALUES
  (1, 1, 1, 'owner', NULL, 'Größe', 'größe', 'all', '', '', '["number","field:1"]', '', 0, 1, 2),
  (7, 1, 2, 'group', 2, 'HR urgent', 'hr urgent', 'mine', 'open', '{"field":"priority","op":"is","value":"urgent"}', '[]', '-created', 9, 1, 2);
INSERT INTO inactive_views (account_id, view, created_at) VALUES (1, 'spam', 1);
INSERT INTO view_orders (account_id, person_id, views) VALUES (1, 1, '["v7","all"]');
INSERT INTO exports (id, account_id, person_id, token_id, state, view, list_state, filter, query, sort, columns, bom, row_count, cut_off, problem, blob_key, created_at, finished_at) VALUES
  (1, 1, 1, NULL, 'done', 'all', '', '', '', '', '["number"]', 1, 3, 0, '', '00000000000000000000000000000004', 1, 2);
INSERT INTO bulks (id, account_id, person_id, token_id, action, state, work, total, done, failed, told, created_at, finished_at, undone_by) VALUES
  (1, 1, 1, NULL, 'share', 'done', '{"work":{}}', 2, 1, 1, 1, 1, 2, 5), (5, 1, 2, 1, 'revoke', 'paused', '{"work":{},"shares":{}}', 1, 0, 0, 0, 3, NULL, NULL);
INSERT INTO bulk_items (id, account_id, bulk_id, number, ticket_id, share_id, state, code, message, undo) VALUES
  (1, 1, 1, 12, NULL, NULL, 'changed', '', '', '{"shares":[2]}'), (2, 1, 1, 99, NULL, NULL, 'failed', 'not_found', 'There is no such ticket, or you cannot open it.', ''), (4, 1, 5, 0, 12, 2, 'waiting', '', '', '');
INSERT INTO bulk_events (account_id, bulk_id, event_id, ticket_id, share_id, notice, target_kind, target_id, gone, internal) VALUES
  (1, 1, 2, 12, 1, 'share', 'group', 2, '', 0), (1, 1, 2, 12, 0, 'update', 'agent', 1, '', 1);
INSERT INTO totp (account_id, person_id, secret, last_step, created_at, confirmed_at) VALUES (1, 1, 's1:AAAA', 59666666, 1, 2), (1, 2, 's1:BBBB', 0, 1, NULL);
INSERT INTO recovery_codes (account_id, person_id, code_hash) VALUES (1, 1, '3333333333333333333333333333333333333333333333333333333333333333');
INSERT INTO sign_in_providers (id, account_id, name, issuer, client_id, client_secret, enabled, match_by, create_agents, allowed_domains, created_at, updated_at) VALUES
  (4, 1, 'Login', 'https://login.example', 'desk', 's1:CCCC', 1, 'address', 1, '["example.com"]', 1, 2);
INSERT INTO sign_in_provider_roles (account_id, provider_id, role_id) VALUES (1, 4, 1);
INSERT INTO sign_in_subjects (account_id, issuer, subject, person_id, created_at) VALUES (1, 'https://login.example', 'Ada', 1, 1);
INSERT INTO people_imports (id, account_id, person_id, token_id, kind, state, problem, columns, source, total, done, created, updated, same, faulty, created_at, finished_at) VALUES
  (3, 1, 1, NULL, 'requester', 'running', '', '[{"header":"E-Mail","field":"address"}]', 'E-Mail\nx', 1, 0, 0, 0, 0, 1, 1, NULL);
INSERT INTO people_import_faults (account_id, import_id, line, cells, problems) VALUES (1, 3, 2, '["x"]', '["address: This is not an e-mail address."]');
INSERT INTO access_requests (id, account_id, ticket_id, person_id, level, reason, state, created_at, decided_by, decided_at) VALUES
  (1, 1, 12, 2, 'edit', 'Ich hätte "gern" Zugriff', 'declined', 1, 1, 2), (4, 1, 13, 1, 'view', '', 'waiting', 3, NULL, NULL);
INSERT INTO access_asks (account_id, person_id, day, asked) VALUES (1, 2, 20717, 20);
INSERT INTO access_wishes (id, account_id, person_id, number, level, reason, created_at) VALUES (2, 1, 2, 9007199254740991, 'comment', 'line
end', 1);
INSERT INTO drafts (id, account_id, person_id, ticket_id, kind, text, html, form, updated_at) VALUES
  (1, 1, 1, 12, 'reply', 'half a', '<p>half a</p>', '', 1), (2, 1, 1, NULL, 'note', '', '', '{"subject":"Größe"}', 2);
INSERT INTO draft_files (account_id, draft_id, attachment_id, position) VALUES (1, 1, 3, 0);
INSERT INTO mail_templates (id, account_id, brand_id, kind, language, subject, opening, closing, version, created_at, updated_at) VALUES
  (2, 1, NULL, 'reply', 'de', '{{ticket.subject}} – "Größe"', 'Guten Tag

', '', 9007199254740991, 1, 2), (5, 1, 2, 'signature', 'en', '', '', 'line
end', 1, 1, 2);
INSERT INTO snippets (id, account_id, owner_id, scope, group_id, name, name_folded, html, created_at, updated_at) VALUES
  (1, 1, 1, 'private', NULL, 'Größe', 'größe', '<p>{{requester.name}}</p>', 1, 2), (5, 1, 2, 'group', 2, 'B', 'b', 'x', 1, 2);
INSERT INTO macros (id, account_id, owner_id, scope, group_id, name, name_folded, description, actions, enabled, position, created_at, updated_at) VALUES
  (1, 1, 1, 'private', NULL, 'Größe', 'größe', 'line
end', '[{"do":"note","html":"<p>\"x\"</p>"}]', 1, 1, 1, 2), (4, 1, 2, 'group', 2, 'B', 'b', '', '[]', 0, 2, 1, 2);
INSERT INTO scheduled_replies (id, account_id, ticket_id, person_id, token_id, kind, text, html, mentions, set_status, set_status_id, send_at, time_zone, hold, undo, after, reviewed, state, reason, message_id, created_at, updated_at, ended_at) VALUES
  (1, 1, 12, 1, NULL, 'reply', 'später', '<p>später</p>', '[2]', 'solved', 0, 1234567890123456, 'Europe/Berlin', 1, 0, 7, 3, 'waiting', '', NULL, 1, 2, NULL),
  (6, 1, 12, 1, 1, 'note', '', '', '[]', '', 0, 2, '', 0, 1, 0, 3, 'sent', '', 1, 1, 2, 2);
INSERT INTO scheduled_files (account_id, scheduled_id, attachment_id, position) VALUES (1, 1, 3, 0);
INSERT INTO side_conversations (id, account_id, ticket_id, person_id, subject, created_at) VALUES (2, 1, 12, 1, 'Wg. "Größe"', 1), (5, 1, 12, NULL, 'x', 2);
INSERT INTO side_parties (id, account_id, side_id, address, address_folded) VALUES (3, 1, 2, 'Eva@vendor.example', 'eva@vendor.example'), (4, 1, 2, 'bo@vendor.example', 'bo@vendor.example');
INSERT INTO side_messages (account_id, message_id, side_id, party_id) VALUES (1, 2, 2, 4);
INSERT INTO ticket_seen (account_id, person_id, ticket_id, message_id, seen_at) VALUES (1, 1, 12, 0, 5), (1, 2, 12, 9007199254740991, 6);
INSERT INTO public_links (id, account_id, ticket_id, label, level, secret_hash, password_hash, tries, tries_since, expires_at, max_uses, uses, last_used_at, created_by, created_at, revoked_at, revoked_by) VALUES
  (1, 1, 12, 'Lieferant Größe', 'comment', '6666666666666666666666666666666666666666666666666666666666666666', '$argon2id$v=19$x', 3, 4, 9, 5, 1, 3, 1, 1, NULL, NULL),
  (6, 1, 13, '', 'view', '7777777777777777777777777777777777777777777777777777777777777777', '', 0, 0, NULL, NULL, 0, NULL, 2, 1, 2, 1);
INSERT INTO public_link_uses (id, account_id, link_id, outcome, address, visit_hash, created_at) VALUES
  (1, 1, 1, 'opened', '192.0.2.7', '8888888888888888888888888888888888888888888888888888888888888888', 3), (3, 1, 1, 'wrong_password', '2001:db8::1', '', 2);
INSERT INTO link_messages (account_id, message_id, link_id, name) VALUES (1, 1, 1, 'Pat "P"');
INSERT INTO mail_servers (id, account_id, inbox_id, host, port, security, auth, username, secret, token_url, client_id, active, version, last_error, failures, failed_at, sent_at, created_at, updated_at) VALUES
  (2, 1, 1, 'smtp.acme.example', 587, 'starttls', 'oauth2', 'support', 's1:EEEE', 'https://login.example/token', 'desk', 1, 9007199254740991, 'no', 3, 8, 7, 1, 2),
  (5, 1, NULL, 'relay.acme.example', 25, 'none', 'none', '', '', '', '', 0, 1, '', 0, NULL, NULL, 1, 2);
INSERT INTO dkim_keys (id, account_id, domain, selector, algorithm, secret, public, state, found, checked_at, signing_at, retired_at, created_at) VALUES
  (3, 1, 'acme.example', 'dm20260101rabcdef', 'rsa', 's1:FFFF', 'MIIB+/=', 'signing', 'yes', 4, 5, NULL, 1), (4, 1, 'acme.example', 'dm20250101eabcdef', 'ed25519', 's1:GGGG', 'AAAA', 'retired', '', NULL, 2, 5, 1);
INSERT INTO outgoing_mails (id, account_id, job_id, job_kind, job_args, ticket_id, inbox_id, person_id, address, kind, state, step, code, detail, tries, next_at, created_at, updated_at) VALUES
  (7, 1, 9007199254740991, 'notify.mail', '{"event":2,"person":2}', 12, 1, 3, 'Rita@customer.example', 'reply', 'bounced', 'reply', 550, 'Größe "zu" groß', 2, NULL, 1, 2),
  (9, 1, 12, 'bulk.notice', '', NULL, NULL, NULL, '', 'bulk', 'deferred', 'connect', 0, '', 1, 9, 3, 3);
INSERT INTO undeliverable_addresses (account_id, address_folded, status, detail, created_at) VALUES (1, 'rita@customer.example', '5.1.1', 'no such "user"', 5);
INSERT INTO sign_in_links (token_hash, account_id, person_id, next, created_at, expires_at, used_at) VALUES ('9999999999999999999999999999999999999999999999999999999999999999', 1, 3, '/portal/tickets/7', 1, 2, NULL), ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 1, 3, '/portal', 1, 2, 2);
INSERT INTO let_ins (id, account_id, person_id, ticket_id, created_at) VALUES (2, 1, 3, 12, 1), (5, 1, 3, 13, 2);
INSERT INTO share_policy (id, account_id, position, allow, any_person, requesters, any_brand, any_group, condition, any_target, all_agents, all_groups, all_requesters, all_partners, created_at, updated_at) VALUES
  (3, 1, 1, 0, 0, 1, 0, 0, '{"field":"subject","op":"contains","value":"Größe \"zu\" groß"}', 0, 0, 0, 1, 1, 1, 2), (8, 1, 2, 1, 1, 0, 1, 1, '', 1, 0, 0, 0, 0, 1, 2);
INSERT INTO share_policy_names (id, account_id, entry_id, part, role_id, brand_id, group_id, person_id) VALUES
  (1, 1, 3, 'role', 1, NULL, NULL, NULL), (2, 1, 3, 'brand', NULL, 1, NULL, NULL), (3, 1, 3, 'to_group', NULL, NULL, 2, NULL), (7, 1, 3, 'agent', NULL, NULL, NULL, 2);
INSERT INTO share_templates (id, account_id, name, name_folded, level, see_internal, reply_public, forward, can_reshare, expiry_hours, reason, note, created_at, updated_at) VALUES
  (4, 1, 'HR "einbeziehen"', 'hr "einbeziehen"', 'view', 0, NULL, NULL, 1, 48, 'it''s theirs', 'Zeile eins
Zeile zwei', 1, 2);
INSERT INTO share_template_targets (id, account_id, template_id, position, target_kind, person_id, group_id) VALUES (1, 1, 4, 1, 'group', NULL, 1), (6, 1, 4, 2, 'agent', 2, NULL);
INSERT INTO calendars (id, account_id, name, name_folded, description, time_zone, hours, holidays, is_default, version, created_at, updated_at) VALUES
  (2, 1, 'Büro "Süd"', 'büro "süd"', '', 'Europe/Berlin', '[null,[{"from":540,"to":1020}],null,null,null,null,null]', '[{"from":"2026-12-24","to":"2026-12-26","name":"Weihnachten"}]', 1, 9007199254740991, 1, 2),
  (5, 1, 'Immer', 'immer', 'x', 'UTC', '', '[]', 0, 1, 1, 2);
INSERT INTO sla_policies (id, account_id, name, name_folded, description, active, position, condition, calendar_id, targets, pause, version, created_at, updated_at, deleted_at) VALUES
  (3, 1, 'Größe', 'größe', '', 1, 0, '{"field":"priority","op":"is","value":"urgent"}', 2, '{"urgent":{"first_reply":60}}', '["pending"]', 9007199254740991, 1, 2, NULL),
  (6, 1, 'Größe', 'größe', 'x', 0, 4, '', NULL, '{"low":{"resolution":1}}', '[]', 1, 1, 2, 3);
INSERT INTO ticket_clocks (account_id, ticket_id, kind, policy_id, started_at, target, spent, since, due_at, ended_at, late, breached_at) VALUES
  (1, 12, 'first_reply', 3, 1, 3600000000, 5, 6, 1234567890123456, NULL, 0, NULL), (1, 12, 'resolution', NULL, 1, 0, 9007199254740991, NULL, NULL, 8, 1, 7);
INSERT INTO rules (id, account_id, kind, name, description, enabled, position, brand_id, hours, calendar_id, performers, events, condition, actions, version, author_id, confined, created_at, updated_at, updated_by) VALUES
  (6, 1, 'update', 'Größe "zwei"', 'Warum', 1, 2, 1, 'during', 5, 'agent rule', '[{"event":"status","to":"solved"}]', '{"field":"priority","op":"is","value":"urgent"}', '[{"do":"add_tags","tags":["vip"]}]', 3, 1, 1, 1, 2, 2),
  (9, 1, 'time', 'Old', '', 0, 1, NULL, 'any', NULL, '', '[]', '', '[{"do":"revoke_links"}]', 1, NULL, 0, 1, 1, NULL);
INSERT INTO rule_versions (account_id, rule_id, version, author_id, body, created_at) VALUES (1, 6, 3, 1, '{"name":"Größe","hours":"any","actions":[{"do":"revoke_links"}]}', 2), (1, 6, 2, NULL, '{}', 1);
INSERT INTO rule_log (id, account_id, rule_id, ticket_id, outcome, why, actions, created_at, misses) VALUES
  (8, 1, 6, 12, 'skipped', '[{"place":"all[0]","holds":true}]', '[{"do":"share","outcome":"skipped","reason":"cap"}]', 9, ''),
  (10, 1, NULL, 12, 'not_matched', '{"6":[{"place":"condition","holds":false}],"9":[]}', '[]', 9, ' 6 9 ');
INSERT INTO rule_fired (account_id, rule_id, ticket_id, holds, times, fired_at) VALUES (1, 9, 12, 0, 100, 9007199254740991);
INSERT INTO rule_turns (account_id, group_id, person_id) VALUES (1, 1, 2), (1, 2, NULL);
INSERT INTO satisfaction (account_id, ticket_id, solved_at, person_id, answer, text, created_at, updated_at) VALUES (1, 11, 15, 3, 'bad', 'Nicht "so" gut
wie gedacht', 16, 17);
INSERT INTO partners (id, account_id, uuid, direction, name, partner_name, host, partner_url, our_url, status, reason, deactivated_by, secret, secret_hash, old_secret, old_secret_hash, old_secret_until, next_secret, next_secret_hash, fingerprint, terms, inbox_id, capable, signs, paused, remote_address, version, created_by, decided_by, created_at, updated_at, decided_at, deleted_at) VALUES
  (3, 1, '3333333333333333333333333333333333333333', 'outbound', 'Globex "Süd"', 'グローベックス', 'globex.example', 'https://globex.example/sharing', 'https://desk.acme.example/sharing', 'accepted', '', '', 's1:HHHH', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 's1:IIII', 'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc', 9007199254740991, 's1:JJJJ', 'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd', '1111 2222 3333 4444', '{"public_comments":true,"fields":["Größe"],"history":"all"}', 1, 1, 1, 1, '', 9, 1, NULL, 1, 2, 3, NULL),
  (8, 1, 'Ab_1.2-c', 'inbound', '', 'Sender Co', 'sender.example:8443', 'http://sender.example:8443/nhd/1', 'https://desk.acme.example/sharing', 'inactive', 'Größe "zu" groß', 'sender', 's1:KKKK', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', '', '', NULL, '', '', '', '{}', NULL, 0, 0, 0, '2001:db8::1', 1, NULL, 2, 1, 2, NULL, 5);
INSERT INTO partner_invitations (id, account_id, secret_hash, note, expires_at, used_at, partner_id, created_by, created_at) VALUES (2, 1, 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', 'für "Süd"', 9, 5, 8, 1, 1), (4, 1, '1111111111111111111111111111111111111111111111111111111111111111', '', 1234567890123456, NULL, NULL, 2, 2);
INSERT INTO partner_links (id, account_id, ticket_id, partner_id, uuid, direction, state, reason, remote_number, base, from_message, flips, flips_since, status_frozen, actor_id, cause_kind, cause_id, cause_name, synced_at, ended_at, created_at, updated_at) VALUES
  (5, 1, 12, 3, '5555555555555555555555555555555555555555', 'sent', 'delayed', 'no "answer"', 'ZD-17', '{"status":"open","tags":["größe"]}', 2, 3, 9007199254740991, 1, 1, 'person', NULL, '', 7, NULL, 1, 2),
  (9, 1, 13, 8, 't1', 'received', 'orphaned', '', '', '{}', 0, 0, NULL, 0, NULL, 'partner', 8, 'Sender Co', NULL, 8, 1, 2);
INSERT INTO partner_people (id, account_id, partner_id, uuid, name, role, person_id, created_at, updated_at) VALUES (4, 1, 3, '4444444444444444444444444444444444444444', 'Jörg "J" User', 'end-user', 3, 1, 2), (6, 1, 8, 'u1', '', '', NULL, 1, 2);
INSERT INTO partner_messages (account_id, link_id, uuid, message_id, origin, author_id, authored_at, created_at) VALUES (1, 5, '6666666666666666666666666666666666666666', 1, 'ours', NULL, NULL, 1), (1, 5, 'c-2', NULL, 'theirs', 4, 9007199254740991, 2);
INSERT INTO share_policy_names (id, account_id, entry_id, part, partner_id) VALUES (9, 1, 3, 'partner', 3);
INSERT INTO share_template_targets (id, account_id, template_id, position, target_kind, partner_id) VALUES (8, 1, 4, 3, 'partner', 3);
INSERT INTO partner_deliveries (id, account_id, partner_id, link_id, kind, data, state, attempts, status, millis, error, size, digest, next_at, tried_at, created_at) VALUES
  (3, 1, 3, 5, 'ticket.update', '{"messages":[1]}', 'waiting', 2, 503, 40, 'busy "now"', 9, '2222222222222222222222222222222222222222222222222222222222222222', 1234567890123456, 5, 1), (7, 1, 8, NULL, 'agreement.status', '{}', 'done', 1, 200, 3, '', 0, '', NULL, 4, 2);
INSERT INTO partner_files (id, account_id, link_id, message_id, url, name, type, state, attempts, error, attachment_id, next_at, created_at) VALUES
  (2, 1, 5, 1, 'https://globex.example/f/1?name="x"', 'Größe.jpg', 'image/jpeg', 'done', 1, '', 1, NULL, 1), (4, 1, 5, 1, 'https://globex.example/f/2', 'b', '', 'failed', 9, 'gone', NULL, 9, 2);
INSERT INTO partner_marks (account_id, message_id) VALUES (1, 1);
INSERT INTO partner_fields (account_id, partner_id, title, title_folded, field_id, problem, seen_at) VALUES (1, 3, 'Colour', 'colour', 1, '', 1), (1, 3, 'Größe "x"', 'größe "x"', NULL, 'no field', 9007199254740991);
