package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
)

const providerColumns = `id, name, issuer, client_id, CASE WHEN client_secret = '' THEN 0 ELSE 1 END, enabled, match_by, create_agents, allowed_domains, created_at, updated_at`

func scanProvider(rows *sql.Rows) (dm.SignInProvider, error) {
	var p dm.SignInProvider
	var domains string
	err := rows.Scan(&p.ID, &p.Name, &p.Issuer, &p.ClientID, flag{&p.HasSecret}, flag{&p.Enabled}, &p.Match, flag{&p.CreateAgents}, &domains, &p.CreatedAt, &p.UpdatedAt)
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal([]byte(domains), &p.AllowedDomains)
}

// SignInProviders lists the account's providers by id.
func (tx *Tx) SignInProviders(account int64) ([]dm.SignInProvider, error) {
	return tx.providers(`SELECT `+providerColumns+` FROM sign_in_providers WHERE account_id = ? ORDER BY id`, account)
}

// SignInProvider reads one provider; NotFound when there is none.
func (tx *Tx) SignInProvider(account, id int64) (*dm.SignInProvider, error) {
	list, err := tx.providers(`SELECT `+providerColumns+` FROM sign_in_providers WHERE account_id = ? AND id = ?`, account, id)
	if err == nil && len(list) == 0 {
		return nil, dm.Missing("provider")
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

func (tx *Tx) providers(query string, args ...any) ([]dm.SignInProvider, error) {
	list := []dm.SignInProvider{}
	err := tx.query(query, func(rows *sql.Rows) error {
		p, err := scanProvider(rows)
		list = append(list, p)
		return err
	}, args...)
	for i := range list {
		if err == nil {
			list[i].DefaultRoles, err = tx.ids(`SELECT role_id FROM sign_in_provider_roles WHERE account_id = ? AND provider_id = ? ORDER BY role_id`, args[0], list[i].ID)
		}
	}
	return list, err
}

// CreateSignInProvider keeps a new provider, without a secret, and gives its id.
func (tx *Tx) CreateSignInProvider(account int64, p *dm.SignInProvider) (int64, error) {
	domains, err := json.Marshal(p.AllowedDomains)
	if err != nil {
		return 0, err
	}
	p.ID, err = tx.insert(`INSERT INTO sign_in_providers (account_id, name, issuer, client_id, enabled, match_by, create_agents, allowed_domains, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, account, p.Name, p.Issuer, p.ClientID, bit(p.Enabled), p.Match, bit(p.CreateAgents), string(domains), tx.now, tx.now)
	if err != nil {
		return 0, err
	}
	return p.ID, tx.setProviderRoles(account, p)
}

// SaveSignInProvider saves everything about a provider but its secret.
func (tx *Tx) SaveSignInProvider(account int64, p *dm.SignInProvider) error {
	domains, err := json.Marshal(p.AllowedDomains)
	if err != nil {
		return err
	}
	n, err := tx.exec(`UPDATE sign_in_providers SET name = ?, issuer = ?, client_id = ?, enabled = ?, match_by = ?, create_agents = ?, allowed_domains = ?, updated_at = ?
WHERE account_id = ? AND id = ?`, p.Name, p.Issuer, p.ClientID, bit(p.Enabled), p.Match, bit(p.CreateAgents), string(domains), tx.now, account, p.ID)
	if err := one(n, err, "provider"); err != nil {
		return err
	}
	return tx.setProviderRoles(account, p)
}

func (tx *Tx) setProviderRoles(account int64, p *dm.SignInProvider) error {
	if _, err := tx.exec(`DELETE FROM sign_in_provider_roles WHERE account_id = ? AND provider_id = ?`, account, p.ID); err != nil {
		return err
	}
	for _, role := range p.DefaultRoles {
		if _, err := tx.exec(`INSERT INTO sign_in_provider_roles (account_id, provider_id, role_id) VALUES (?, ?, ?)`, account, p.ID, role); err != nil {
			return err
		}
	}
	return nil
}

// SetProviderSecret keeps a provider's client secret, sealed; "" for none.
func (tx *Tx) SetProviderSecret(account, id int64, sealed string) error {
	n, err := tx.exec(`UPDATE sign_in_providers SET client_secret = ? WHERE account_id = ? AND id = ?`, sealed, account, id)
	return one(n, err, "provider")
}

// ProviderSecret reads a provider's client secret, sealed; "" for none.
func (tx *Tx) ProviderSecret(account, id int64) (sealed string, err error) {
	err = tx.row(`SELECT client_secret FROM sign_in_providers WHERE account_id = ? AND id = ?`, account, id).Scan(&sealed)
	if isNoRows(err) {
		return "", dm.Missing("provider")
	}
	return sealed, err
}

// DeleteSignInProvider deletes a provider. Whose subject is whose stays known.
func (tx *Tx) DeleteSignInProvider(account, id int64) error {
	n, err := tx.exec(`DELETE FROM sign_in_providers WHERE account_id = ? AND id = ?`, account, id)
	return one(n, err, "provider")
}

// PersonBySubject finds whose a subject of an issuer is; 0 when it is nobody's.
func (tx *Tx) PersonBySubject(account int64, issuer, subject string) (person int64, err error) {
	err = tx.row(`SELECT person_id FROM sign_in_subjects WHERE account_id = ? AND issuer = ? AND subject = ?`, account, issuer, subject).Scan(&person)
	if isNoRows(err) {
		return 0, nil
	}
	return person, err
}

// LinkSubject makes a subject of an issuer a person's. Conflict when the person
// has another subject of that issuer, or the subject is somebody's.
func (tx *Tx) LinkSubject(account, person int64, issuer, subject string) error {
	n, err := tx.exec(`INSERT INTO sign_in_subjects (account_id, issuer, subject, person_id, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		account, issuer, subject, person, tx.now)
	if err == nil && n == 0 {
		return dm.Errorf(dm.Conflict, "This person signs in at the provider as somebody else.").With("linked_elsewhere")
	}
	return err
}

// UnlinkSubjects ends every link between a person and a provider's subject and
// gives how many there were.
func (tx *Tx) UnlinkSubjects(account, person int64) (int64, error) {
	return tx.exec(`DELETE FROM sign_in_subjects WHERE account_id = ? AND person_id = ?`, account, person)
}
