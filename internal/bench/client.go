package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// call is one request and the status it must be answered with.
type call struct {
	method, path string
	body         []byte
	status       int
}

// client is one connection to the server on which one request follows the
// other (HTTP/1.1, RFC 9112). It is nothing but that, so that it takes little of
// the machine away from the server.
type client struct {
	conn   net.Conn
	in     *bufio.Reader
	out    []byte
	cookie string
}

// mainHost is the name of the account that is measured, and mainAccount its id.
const (
	mainHost    = "volume.localhost"
	mainAccount = 1
)

func dial(address, cookie string) (*client, error) {
	conn, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 32<<10), cookie: cookie}, nil
}

func (c *client) close() { _ = c.conn.Close() }

// do sends a request and reads the whole answer. An answer with another status
// than the one expected is an error.
func (c *client) do(q call, answer *bytes.Buffer) (http.Header, error) {
	c.out = append(c.out[:0], q.method+" "+q.path+" HTTP/1.1\r\nHost: "+mainHost+"\r\n"...)
	if c.cookie != "" {
		c.out = append(c.out, "Cookie: "+c.cookie+"\r\n"...)
	}
	if q.body != nil {
		c.out = append(c.out, "Content-Type: application/json\r\nContent-Length: "...)
		c.out = strconv.AppendInt(c.out, int64(len(q.body)), 10)
		c.out = append(c.out, "\r\n"...)
	}
	c.out = append(append(c.out, "\r\n"...), q.body...)
	if err := c.conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return nil, err
	}
	if _, err := c.conn.Write(c.out); err != nil {
		return nil, err
	}
	response, err := http.ReadResponse(c.in, &http.Request{Method: q.method})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", q.method, q.path, err)
	}
	defer response.Body.Close()
	answer.Reset()
	if _, err := io.Copy(answer, response.Body); err != nil {
		return nil, err
	}
	if response.StatusCode != q.status {
		return nil, fmt.Errorf("%s %s: answered %d instead of %d: %s", q.method, q.path, response.StatusCode, q.status, answer)
	}
	return response.Header, nil
}
