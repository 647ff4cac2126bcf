package main

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"time"
)

// included are the files that a scenario includes, by their paths from its folder.
// It is a file system of nothing else.
type included map[string][]byte

// Open implements fs.FS.
func (f included) Open(name string) (fs.File, error) {
	text, ok := f[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &memoryFile{name: path.Base(name), size: int64(len(text)), Reader: bytes.NewReader(text)}, nil
}

// noted is a file system that notes what is read of another, so that a shard can
// take it along.
type noted struct {
	of    fs.FS
	files included
}

// Open implements fs.FS.
func (n noted) Open(name string) (fs.File, error) {
	f, err := n.of.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() || info.Size() > maxRead {
		return f, nil // whoever reads it says what is wrong with it
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxRead))
	if err != nil {
		return nil, err
	}
	n.files[name] = text
	return n.files.Open(name)
}

// memoryFile is an open file whose text is in memory. It is its own description.
type memoryFile struct {
	*bytes.Reader
	name string
	size int64
}

func (f *memoryFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *memoryFile) Close() error               { return nil }
func (f *memoryFile) Name() string               { return f.name }
func (f *memoryFile) Size() int64                { return f.size }
func (f *memoryFile) Mode() fs.FileMode          { return 0o444 }
func (f *memoryFile) ModTime() time.Time         { return time.Time{} }
func (f *memoryFile) IsDir() bool                { return false }
func (f *memoryFile) Sys() any                   { return nil }
