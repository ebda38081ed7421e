package file

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"dingban/app/platform/blob"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/httpapi"
	"dingban/app/platform/ref"
)

// StartRequest is the body of file-start.
type StartRequest struct {
	Name string `json:"name" doc:"Name, one line of 1 to 255 characters without slashes." example:"机房平面图.pdf"`
	Size int64  `json:"size" doc:"Bytes the file has, at most 2,147,483,648." example:"482133"`
}

// RenameRequest is the body of file-rename.
type RenameRequest struct {
	Version int64  `json:"version" doc:"Version that was read." example:"1"`
	Name    string `json:"name" doc:"Name, one line of 1 to 255 characters without slashes." example:"机房平面图（终稿）.pdf"`
}

// UploadList is the answer of file-uploads.
type UploadList struct {
	Items []Upload `json:"items" doc:"In the order they were started."`
}

type (
	taskInput struct {
		ID int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
	}
	listInput struct {
		ID     int64  `path:"id" doc:"Id of the task." example:"283746519320001"`
		Cursor string `query:"cursor" doc:"Cursor from the page before."`
		Limit  int    `query:"limit" doc:"Entries a page." minimum:"1" maximum:"200" default:"50"`
	}
	startInput struct {
		ID   int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
		Body StartRequest
	}
	uploadInput struct {
		ID int64 `path:"id" doc:"Id of the upload." example:"283746519340001"`
	}
	fileInput struct {
		ID int64 `path:"id" doc:"Id of the file." example:"283746519340001"`
	}
	renameInput struct {
		ID   int64 `path:"id" doc:"Id of the file." example:"283746519340001"`
		Body RenameRequest
	}
	fileOutput    struct{ Body File }
	filesOutput   struct{ Body httpapi.Page[File] }
	uploadOutput  struct{ Body Upload }
	uploadsOutput struct{ Body UploadList }
)

func ofTask(id int64) ref.Ref { return ref.To("task", id) }

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	s.fileRoutes(a)
	s.uploadRoutes(a)
}

func (s *Service) fileRoutes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "file-list", Method: http.MethodGet, Path: "/tasks/{id}/files", Tag: "Files", Permission: "task:read",
		Summary:     "List the files of a task",
		Description: "What is attached to a task, the newest first. Unfinished uploads are not among them.",
	}, func(ctx context.Context, in *listInput) (*filesOutput, error) {
		items, next, err := s.List(ctx, ofTask(in.ID), db.Page{Limit: in.Limit, Cursor: in.Cursor})
		if err != nil {
			return nil, err
		}
		return &filesOutput{httpapi.Page[File]{Items: items, Next: next}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "file-get", Method: http.MethodGet, Path: "/files/{id}", Tag: "Files", Permission: "task:read",
		Summary:     "Read about a file",
		Description: "Name, size and type of a file, for whoever may read what it is attached to.",
	}, func(ctx context.Context, in *fileInput) (*fileOutput, error) { return answer(s.Get(ctx, in.ID)) })
	httpapi.Register(a, httpapi.Op{
		ID: "file-rename", Method: http.MethodPatch, Path: "/files/{id}", Tag: "Files", Permission: "file:delete",
		Summary:     "Rename a file",
		Description: "Calls a file something else. Whoever attached it may, and those who manage the project. Its type stays: that depends on the content alone.",
	}, func(ctx context.Context, in *renameInput) (*fileOutput, error) {
		return answer(s.Rename(ctx, in.ID, in.Body.Version, in.Body.Name))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "file-delete", Method: http.MethodDelete, Path: "/files/{id}", Tag: "Files", Permission: "file:delete",
		Summary:     "Delete a file",
		Description: "Takes a file away from a task. Whoever attached it may, and those who manage the project. Its content is destroyed after 30 days, unless a copy of the task has it too.",
	}, func(ctx context.Context, in *fileInput) (*struct{}, error) { return nil, s.Delete(ctx, in.ID) })
	httpapi.Raw(a, httpapi.Op{
		ID: "file-content", Method: http.MethodGet, Path: "/files/{id}/content", Tag: "Files", Permission: "task:read",
		Summary: "Download a file",
		Description: "The content of a file, as an attachment. With ?inline=true it comes for being shown in a page, if its type is one that is shown without running anything " +
			"(pictures, PDF, film, sound, text; see inline of the file), and as an attachment otherwise. Range and If-None-Match work. The journal is told of each download, and of showing once a person, file and hour.",
	}, s.serveContent)
}

func (s *Service) uploadRoutes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "file-start", Method: http.MethodPost, Path: "/tasks/{id}/files", Tag: "Files", Permission: "file:create",
		Summary: "Start an upload",
		Description: "Begins to attach a file of at most 2 GiB to a task; a task has at most 200. Send its bytes with file-send, in pieces of 262,144 to 8,388,608 bytes, the last one as long as it is, " +
			"then call file-complete. After a lost connection ask file-upload how many bytes have arrived and go on from there. What nobody goes on with for 7 days is given up.",
	}, func(ctx context.Context, in *startInput) (*uploadOutput, error) {
		return uploadAnswer(s.Start(ctx, ofTask(in.ID), Draft(in.Body)))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "file-uploads", Method: http.MethodGet, Path: "/tasks/{id}/uploads", Tag: "Files", Permission: "task:read",
		Summary:     "List one's unfinished uploads to a task",
		Description: "Uploads that were started and not completed, at most 200; only one's own.",
	}, func(ctx context.Context, in *taskInput) (*uploadsOutput, error) {
		items, err := s.Uploads(ctx, ofTask(in.ID))
		if err != nil {
			return nil, err
		}
		return &uploadsOutput{UploadList{Items: items}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "file-upload", Method: http.MethodGet, Path: "/uploads/{id}", Tag: "Files", Permission: "file:create",
		Summary:     "Read how far an upload is",
		Description: "How many bytes of one's own unfinished upload have arrived and are kept.",
	}, func(ctx context.Context, in *uploadInput) (*uploadOutput, error) {
		return uploadAnswer(s.Upload(ctx, in.ID))
	})
	httpapi.Raw(a, httpapi.Op{
		ID: "file-send", Method: http.MethodPatch, Path: "/uploads/{id}", Tag: "Files", Permission: "file:create", MaxBody: MaxPiece,
		Summary: "Send bytes of an upload",
		Description: "The body is bytes of the file as they are (application/octet-stream, with Content-Length); the header Upload-Offset says which byte of the file the first one is, 0 when missing. " +
			"That has to be the one after the last that is kept; otherwise the answer is 409 file.offset with the upload as it is now. Pieces have 262,144 to 8,388,608 bytes, the last one as many as are left. A piece is kept whole or not at all. Answers with the upload.",
	}, s.receiveBody)
	httpapi.Register(a, httpapi.Op{
		ID: "file-complete", Method: http.MethodPost, Path: "/uploads/{id}/complete", Tag: "Files", Permission: "file:create",
		Summary:     "Complete an upload",
		Description: "Makes an upload of which all bytes have arrived a file of its task. What type it has is found by looking at the content. With bytes missing the answer is 409 file.incomplete with the upload as it is.",
	}, func(ctx context.Context, in *uploadInput) (*fileOutput, error) { return answer(s.Complete(ctx, in.ID)) })
	httpapi.Register(a, httpapi.Op{
		ID: "file-cancel", Method: http.MethodDelete, Path: "/uploads/{id}", Tag: "Files", Permission: "file:create",
		Summary:     "Give an upload up",
		Description: "Ends one's own unfinished upload. What has arrived of it is destroyed.",
	}, func(ctx context.Context, in *uploadInput) (*struct{}, error) { return nil, s.Cancel(ctx, in.ID) })
}

func answer(f File, err error) (*fileOutput, error) {
	if err != nil {
		return nil, err
	}
	return &fileOutput{f}, nil
}

func uploadAnswer(u Upload, err error) (*uploadOutput, error) {
	if err != nil {
		return nil, err
	}
	return &uploadOutput{u}, nil
}

// pathID is the id in the path of a raw operation. What is no number is the id of nothing.
func pathID(r *http.Request, none error) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, none
	}
	return id, nil
}

func (s *Service) receiveBody(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, errNoUpload())
	if err != nil {
		return err
	}
	offset := int64(0)
	if given := r.Header.Get("Upload-Offset"); given != "" {
		if offset, err = strconv.ParseInt(given, 10, 64); err != nil || offset < 0 {
			return fault.Invalid(fault.At("header.Upload-Offset", "file.bad_offset"))
		}
	}
	size := r.ContentLength
	if size < 0 {
		size = blob.UnknownSize
	}
	w, body := httpapi.Slow(w, r)
	u, err := s.Receive(r.Context(), id, offset, size, body)
	if err != nil {
		return err
	}
	return httpapi.JSON(w, http.StatusOK, u)
}

func (s *Service) serveContent(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, errNotFound())
	if err != nil {
		return err
	}
	wanted := r.Header.Get("Range")
	part := wanted != "" && !strings.HasPrefix(wanted, "bytes=0-")
	as, inline := "", r.URL.Query().Get("inline") == "true"
	if inline {
		f, err := s.Get(r.Context(), id)
		if err != nil {
			return err
		}
		as, inline = shown(f.Type)
	}
	content, err := s.Read(r.Context(), id, inline, part)
	if err != nil {
		return err
	}
	defer content.Close()
	f := content.File
	h := w.Header()
	if inline {
		h.Set("Content-Disposition", disposition("inline", f.Name))
		h.Set("Content-Type", as)
	} else {
		h.Set("Content-Disposition", disposition("attachment", f.Name))
		h.Set("Content-Type", f.Type)
	}
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	if inline && f.Type == "application/pdf" {
		// The viewer of the browser is a plug-in to it, which a sandbox forbids; the page shows it in a frame.
		h.Set("Content-Security-Policy", "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'")
		h.Set("X-Frame-Options", "SAMEORIGIN")
	}
	h.Set("Cache-Control", "private, no-cache") // kept, but asked for each time: the permission may have gone
	h.Set("ETag", fmt.Sprintf(`"%d-%d"`, f.ID, f.Size))
	slow, _ := httpapi.Slow(w, r)
	http.ServeContent(slow, r, "", time.UnixMilli(f.CreatedAt), content)
	return nil
}

// disposition names a file as RFC 6266 and RFC 5987 want it, whatever the letters.
func disposition(how, name string) string {
	if d := mime.FormatMediaType(how, map[string]string{"filename": name}); d != "" {
		return d
	}
	return how
}
