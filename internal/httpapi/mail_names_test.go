package httpapi_test

import (
	"context"
	"net"
)

// noNames is a domain name system without names.
type noNames struct{}

func unknown(name string) error {
	return &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (noNames) LookupTXT(_ context.Context, name string) ([]string, error) { return nil, unknown(name) }
func (noNames) LookupMX(_ context.Context, name string) ([]*net.MX, error) { return nil, unknown(name) }
func (noNames) LookupIPAddr(_ context.Context, name string) ([]net.IPAddr, error) {
	return nil, unknown(name)
}
func (noNames) LookupAddr(_ context.Context, name string) ([]string, error) {
	return nil, unknown(name)
}
