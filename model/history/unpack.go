package history

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
)

// Unpacker reads a history file that may be compressed with gzip, which its first
// two bytes tell. Make one with [NewUnpacker].
type Unpacker struct {
	file     source
	in       io.Reader // nil before the first read
	zip      bool
	allowCut bool
	cut      bool
}

// NewUnpacker returns an unpacker of r. AllowCut lets a compressed file that is
// cut off end where what can be unpacked ends, instead of being an error.
func NewUnpacker(r io.Reader, allowCut bool) *Unpacker {
	return &Unpacker{file: source{r: r}, allowCut: allowCut}
}

// CutOff says whether the end of a compressed file was found to be missing.
func (u *Unpacker) CutOff() bool { return u.cut }

// Taken returns how many bytes of the file were read, as it lies on the disk.
func (u *Unpacker) Taken() int64 { return u.file.taken }

// source counts the bytes of a reader and keeps its error, to tell it from what is
// wrong with the data.
type source struct {
	r     io.Reader
	taken int64
	err   error
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.taken += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// DamageError says that a compressed file cannot be unpacked.
type DamageError struct {
	// Cut says that its end is missing, and that nothing else is known to be wrong.
	Cut bool
	err error
}

// Error says so, and what to do.
func (e *DamageError) Error() string {
	if e.Cut {
		return "the compressed file is cut off; copy it again, or judge what is there with --allow-truncated"
	}
	return "the compressed file is damaged (" + e.err.Error() + "); copy it again"
}

// Unwrap gives the error of the decompressor.
func (e *DamageError) Unwrap() error { return e.err }

// Read implements io.Reader. Its error is a [*DamageError] where the data are at
// fault, else that of the file.
func (u *Unpacker) Read(p []byte) (int, error) {
	if u.in == nil {
		if err := u.open(); err != nil {
			return 0, u.blame(err)
		}
	}
	n, err := u.in.Read(p)
	return n, u.blame(err)
}

func (u *Unpacker) open() error {
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

func (u *Unpacker) blame(err error) error {
	if err == nil || u.in != nil && errors.Is(err, io.EOF) || u.file.err != nil || !u.zip {
		return err
	}
	cut := errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
	if u.cut = cut; cut && u.allowCut {
		return io.EOF
	}
	return &DamageError{cut, err}
}
