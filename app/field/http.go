package field

import (
	"context"
	"encoding/json"
	"net/http"

	"dingban/app/platform/httpapi"
)

// CreateRequest is the body of field-create.
type CreateRequest struct {
	Name     string          `json:"name" doc:"Name, one line of 1 to 50 characters, unlike the other fields of the project." example:"合同金额"`
	Kind     string          `json:"kind" enum:"text,longtext,markdown,number,percent,money,progress,rating,date,daterange,datetime,time,duration,select,multiselect,cascade,checkbox,person,department,phone,email,url,region,geolocation,barcode" doc:"Kind of its values; it cannot be changed later." example:"money"`
	Help     string          `json:"help,omitempty" doc:"What is to be filled in, 0 to 500 characters." example:"含税"`
	Settings json.RawMessage `json:"settings,omitempty" doc:"Settings of the kind, an object of at most 256 KiB; what is missing is as usual."`
}

// UpdateRequest is the body of field-update. What is missing stays as it is.
type UpdateRequest struct {
	Version  int64           `json:"version" doc:"Version that was read." example:"1"`
	Name     *string         `json:"name,omitempty" doc:"Name, one line of 1 to 50 characters." example:"合同总额"`
	Help     *string         `json:"help,omitempty" doc:"What is to be filled in, 0 to 500 characters." example:"含税"`
	Settings json.RawMessage `json:"settings,omitempty" doc:"All settings of the kind. Options are retired, never left out: values may have them."`
}

// OrderRequest is the body of field-order.
type OrderRequest struct {
	IDs []int64 `json:"ids" maxItems:"100" doc:"All fields of the project in their new order."`
}

// SetRequest is the body of field-set.
type SetRequest struct {
	Version int64           `json:"version" doc:"Version of the value that was read; 0 when nothing was ever filled in." example:"0"`
	Value   json.RawMessage `json:"value" doc:"Value as the kind of the field has it, at most 512 KiB; null empties it."`
}

// FieldList is a list of fields.
type FieldList struct {
	Items []Field `json:"items" doc:"The fields."`
}

// ValueList is a list of values.
type ValueList struct {
	Items []Value `json:"items" doc:"The values."`
}

type (
	projectInput struct {
		ID int64 `path:"id" doc:"Id of the project." example:"283746519300001"`
	}
	createInput struct {
		ID   int64 `path:"id" doc:"Id of the project." example:"283746519300001"`
		Body CreateRequest
	}
	orderInput struct {
		ID   int64 `path:"id" doc:"Id of the project." example:"283746519300001"`
		Body OrderRequest
	}
	updateInput struct {
		ID   int64 `path:"id" doc:"Id of the field." example:"283746519316001"`
		Body UpdateRequest
	}
	fieldInput struct {
		ID int64 `path:"id" doc:"Id of the field." example:"283746519316001"`
	}
	taskInput struct {
		ID int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
	}
	setInput struct {
		ID      int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
		FieldID int64 `path:"fieldId" doc:"Id of the field." example:"283746519316001"`
		Body    SetRequest
	}
	valuesInput struct {
		ID    int64   `path:"id" doc:"Id of the project." example:"283746519300001"`
		Tasks []int64 `query:"tasks" maxItems:"200" doc:"Tasks, 1 to 200, parted by commas." example:"[283746519320001]"`
	}
	listOutput   struct{ Body FieldList }
	fieldOutput  struct{ Body Field }
	valueOutput  struct{ Body Value }
	valuesOutput struct{ Body ValueList }
)

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	s.definitionRoutes(a)
	s.valueRoutes(a)
}

func (s *Service) definitionRoutes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "field-list", Method: http.MethodGet, Path: "/projects/{id}/fields", Tag: "Fields", Permission: "project:read",
		Summary:     "List the custom fields of a project",
		Description: "What tasks of the project can have beside what all tasks have: at most 100 fields, in their order.",
	}, func(ctx context.Context, in *projectInput) (*listOutput, error) { return list(s.List(ctx, in.ID)) })
	httpapi.Register(a, httpapi.Op{
		ID: "field-trash", Method: http.MethodGet, Path: "/projects/{id}/deleted-fields", Tag: "Fields", Permission: "field:manage",
		Summary:     "List deleted custom fields",
		Description: "Fields that were deleted within 30 days and can be restored with their values, last ones first, at most 200.",
	}, func(ctx context.Context, in *projectInput) (*listOutput, error) { return list(s.Trash(ctx, in.ID)) })
	httpapi.Register(a, httpapi.Op{
		ID: "field-create", Method: http.MethodPost, Path: "/projects/{id}/fields", Tag: "Fields", Permission: "field:manage",
		Summary:     "Add a custom field",
		Description: "Adds a field behind the others. A project has at most 100; one more is a conflict.",
	}, func(ctx context.Context, in *createInput) (*fieldOutput, error) {
		return answer(s.Create(ctx, in.ID, Draft(in.Body)))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "field-order", Method: http.MethodPut, Path: "/projects/{id}/field-order", Tag: "Fields", Permission: "field:manage",
		Summary:     "Order the custom fields",
		Description: "Puts the fields of a project into another order. When others were added or deleted meanwhile, it is a conflict that shows the fields there are.",
	}, func(ctx context.Context, in *orderInput) (*listOutput, error) {
		return list(s.Order(ctx, in.ID, in.Body.IDs))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "field-update", Method: http.MethodPatch, Path: "/fields/{id}", Tag: "Fields", Permission: "field:manage",
		Summary:     "Change a custom field",
		Description: "Changes name, help or settings. Values stay as they are; new settings hold for what is written from now on.",
	}, func(ctx context.Context, in *updateInput) (*fieldOutput, error) {
		return answer(s.Update(ctx, in.ID, Edit(in.Body)))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "field-delete", Method: http.MethodDelete, Path: "/fields/{id}", Tag: "Fields", Permission: "field:manage",
		Summary:     "Delete a custom field",
		Description: "Takes a field away from all tasks. It can be restored with its values for 30 days.",
	}, func(ctx context.Context, in *fieldInput) (*struct{}, error) { return nil, s.Delete(ctx, in.ID) })
	httpapi.Register(a, httpapi.Op{
		ID: "field-restore", Method: http.MethodPost, Path: "/fields/{id}/restore", Tag: "Fields", Permission: "field:manage",
		Summary:     "Restore a custom field",
		Description: "Brings a deleted field back behind the others, with the values it had. It is a conflict when another field is called so now.",
	}, func(ctx context.Context, in *fieldInput) (*fieldOutput, error) { return answer(s.Restore(ctx, in.ID)) })
}

func (s *Service) valueRoutes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "field-values", Method: http.MethodGet, Path: "/tasks/{id}/fields", Tag: "Fields", Permission: "task:read",
		Summary:     "Read the custom fields of a task",
		Description: "One value for each field of the project, in their order; null where nothing is filled in.",
	}, func(ctx context.Context, in *taskInput) (*valuesOutput, error) { return values(s.OfTask(ctx, in.ID)) })
	httpapi.Register(a, httpapi.Op{
		ID: "field-set", Method: http.MethodPut, Path: "/tasks/{id}/fields/{fieldId}", Tag: "Fields", Permission: "task:update",
		Summary:     "Fill in a custom field of a task",
		Description: "Writes or empties the value of one field. A value that the kind or the settings do not take is refused, with its place inside of the value. When somebody was faster, the conflict shows what is there now.",
	}, func(ctx context.Context, in *setInput) (*valueOutput, error) {
		v, err := s.Set(ctx, in.ID, in.FieldID, in.Body.Version, in.Body.Value)
		if err != nil {
			return nil, err
		}
		return &valueOutput{v}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "field-values-of-tasks", Method: http.MethodGet, Path: "/projects/{id}/field-values", Tag: "Fields", Permission: "project:read",
		Summary:     "Read the custom fields of several tasks",
		Description: "What up to 200 tasks of the project have in its fields, by task; empty values, and tasks that are not there, are left out.",
	}, func(ctx context.Context, in *valuesInput) (*valuesOutput, error) {
		return values(s.OfTasks(ctx, in.ID, in.Tasks))
	})
}

func list(items []Field, err error) (*listOutput, error) {
	if err != nil {
		return nil, err
	}
	return &listOutput{FieldList{Items: items}}, nil
}

func values(items []Value, err error) (*valuesOutput, error) {
	if err != nil {
		return nil, err
	}
	return &valuesOutput{ValueList{Items: items}}, nil
}

func answer(f Field, err error) (*fieldOutput, error) {
	if err != nil {
		return nil, err
	}
	return &fieldOutput{f}, nil
}
