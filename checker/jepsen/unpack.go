package jepsen

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
)

// unpacker reads a file that may be compressed, which its first two bytes tell.
type unpacker struct {
	file source
	in   io.Reader // nil before the first read
	zip  bool
}

// source keeps the error of a reader, to tell it from what is wrong with the data.
type source struct {
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// damageError says that a compressed file cannot be unpacked.
type damageError struct{ err error }

// Error says so.
func (e *damageError) Error() string { return "the compressed file is damaged: " + e.err.Error() }

// Read implements io.Reader. Its error is a *damageError where the data are at fault.
func (u *unpacker) Read(p []byte) (int, error) {
	if u.in == nil {
		if err := u.open(); err != nil {
			return 0, u.blame(err)
		}
	}
	n, err := u.in.Read(p)
	return n, u.blame(err)
}

func (u *unpacker) open() error {
	buffered := bufio.NewReaderSize(&u.file, 1<<16)
	magic, err := buffered.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if len(magic) < 2 || magic[0] != 0x1f || magic[1] != 0x8b {
		u.in = buffered
		return nil
	}
	u.zip = true
	z, err := gzip.NewReader(buffered)
	if err == nil {
		u.in = z
	}
	return err
}

func (u *unpacker) blame(err error) error {
	switch {
	case err == nil || u.in != nil && errors.Is(err, io.EOF):
		return err
	case u.file.err != nil || !u.zip:
		return err
	}
	return &damageError{err}
}
