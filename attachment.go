package deskmesh

// Attachment is a file. It belongs to its uploader until a message takes it.
type Attachment struct {
	ID          int64
	UploaderID  int64 // 0: the system (mail)
	TicketID    int64 // 0 until taken
	MessageID   int64 // 0 until taken
	Name        string
	ContentType string // sniffed from the bytes, not believed from the sender
	Size        int64  // bytes
	Digest      string // SHA-256, hex
	BlobKey     string
	ContentID   string // of an inline image in a mail; may be empty
	CreatedAt   Time
}
