package httpapi

const uploadPath = "/attachments"
