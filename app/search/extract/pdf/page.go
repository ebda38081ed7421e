package pdf

import (
	"dingban/app/search/extract/pdf/cos"
)

// maxTree bounds how deep the tree of pages, of fields and of the outline goes.
const maxTree = 64

// pages goes through the tree of pages.
func (e *extractor) pages() {
	root := e.file.Dict(e.file.Trailer()["Root"])
	e.tree(root["Pages"], nil, map[uint32]bool{}, maxTree)
}

// tree looks at a node of the tree; resources are what it inherits. Nodes that were seen are not looked at again, so that
// loops end.
func (e *extractor) tree(o cos.Object, resources cos.Object, seen map[uint32]bool, depth int) {
	if depth == 0 || e.done() {
		return
	}
	if ref, ok := o.(cos.Ref); ok {
		if seen[ref.Num] {
			return
		}
		seen[ref.Num] = true
	}
	node := e.file.Dict(o)
	if node == nil {
		return
	}
	if own := node["Resources"]; own != nil {
		resources = own
	}
	kids := e.file.Array(node["Kids"])
	if kids == nil || e.file.Name(node["Type"]) == "Page" {
		e.page(node, resources)
		return
	}
	for _, kid := range kids {
		if !e.spend(1) {
			return
		}
		e.tree(kid, resources, seen, depth-1)
	}
}

func (e *extractor) page(page cos.Dict, resources cos.Object) {
	if e.count >= e.limits.Pages {
		e.cut, e.full = true, true
		return
	}
	e.count++
	in := &interpreter{e: e, layout: layout{room: e.limits.Text}}
	in.run(e.contents(page["Contents"]), newScope(e.file.Dict(resources)), identity, maxForms)
	for _, line := range in.layout.finish() {
		e.line(line)
	}
	e.annotations(page)
}

// contents are the bytes of a page; they may be cut into several streams between any two tokens.
func (e *extractor) contents(o cos.Object) []byte {
	o = e.file.Resolve(o)
	list, ok := o.(cos.Array)
	if !ok {
		list = cos.Array{o}
	}
	limit := e.file.StreamBytes()
	var all []byte
	for _, o := range list {
		s, ok := e.file.Stream(o)
		if !ok {
			if !e.spend(1) {
				break
			}
			continue
		}
		data, err := e.file.Decode(s)
		if err != nil {
			continue // another part may be whole; what ends the work ends the loops below
		}
		if len(list) == 1 {
			return data
		}
		if len(all)+len(data) > int(limit) {
			e.cut = true
			break
		}
		all = append(append(all, data...), '\n')
	}
	return all
}
