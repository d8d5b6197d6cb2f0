//! Numbers in memory: in a vector, or in a mapped file.

use memmap2::Mmap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::{Deref, Range};
use std::path::{self, Path, PathBuf};
use std::sync::Arc;

/// Bytes that are drawn from a file that has a name and are held in memory; more are put into a file of their own.
const DRAWN: usize = 64 << 20;

/// A file whose bytes appear in memory as they are read, and are shared by all processes that map it.
#[derive(Debug, Clone)]
pub struct MappedFile(Arc<Mapped>);

#[derive(Debug)]
struct Mapped {
    map: Mmap,
    path: Option<PathBuf>,
    /// What the path leads to, as long as this is open.
    _held: Option<File>,
}

impl MappedFile {
    /// Maps a file that nobody changes any more.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn open(file: &File) -> io::Result<Self> {
        Self::map(file, None, None)
    }

    /// The same of a file at `path`, where other processes find it, too.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn named(file: &File, path: &Path) -> io::Result<Self> {
        Self::map(file, Some(path::absolute(path)?), None)
    }

    /// The same of a file that no directory has, and which is gone with this process however it ends: other processes
    /// find it below `/proc`, where there is that.
    fn held(file: File) -> io::Result<Self> {
        Self::map(&file.try_clone()?, path_of(&file), Some(file))
    }

    fn map(file: &File, path: Option<PathBuf>, held: Option<File>) -> io::Result<Self> {
        // SAFETY: a mapping is undefined behaviour if somebody changes the file below it. Callers map
        // files that Plumbline wrote, renamed into place and never writes again, or data of the user's,
        // who is told not to change them during a run.
        #[allow(unsafe_code, reason = "mapping trusts the file not to change")]
        let map = unsafe { Mmap::map(file)? };
        Ok(Self(Arc::new(Mapped {
            map,
            path,
            _held: held,
        })))
    }

    /// All of its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0.map
    }

    /// Where other processes find it, if they can.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// Some of its bytes as values of a buffer, without a copy; `None` where the range is outside of
    /// the file, or does not hold whole, aligned values.
    pub fn values<T: bytemuck::Pod>(&self, bytes: Range<usize>) -> Option<Buffer<T>> {
        let values = bytemuck::try_cast_slice::<u8, T>(self.bytes().get(bytes.clone())?).ok()?;
        let _ = values;
        Some(Buffer(Memory::Mapped {
            file: self.clone(),
            bytes,
        }))
    }
}

/// Where other processes find a file as long as this one has it open, whether a directory has it or not: below `/proc`,
/// where there is that.
pub fn path_of(file: &File) -> Option<PathBuf> {
    #[cfg(target_os = "linux")]
    let path = {
        let (process, descriptor) = (std::process::id(), std::os::fd::AsRawFd::as_raw_fd(file));
        Some(PathBuf::from(format!("/proc/{process}/fd/{descriptor}")))
    };
    #[cfg(not(target_os = "linux"))]
    let path: Option<PathBuf> = {
        let _ = file;
        None
    };
    path.filter(|path| path.exists())
}

/// Values one after another, wherever they are.
#[derive(Debug, Clone)]
pub struct Buffer<T>(Memory<T>);

#[derive(Debug, Clone)]
enum Memory<T> {
    Owned(Vec<T>),
    Mapped {
        file: MappedFile,
        bytes: Range<usize>,
    },
}

impl<T> From<Vec<T>> for Buffer<T> {
    fn from(values: Vec<T>) -> Self {
        Self(Memory::Owned(values))
    }
}

impl<T> Buffer<T> {
    /// Tells the system that some of the values need not stay in memory. Those of a mapped file that has a name are read
    /// again when they are looked at; others stay.
    pub(crate) fn release(&self, values: Range<usize>) {
        let Some((file, bytes)) = self.in_file().filter(|(file, _)| file.path().is_some()) else {
            return;
        };
        let start = bytes.start + values.start * size_of::<T>();
        let end = bytes.end.min(bytes.start + values.end * size_of::<T>());
        // SAFETY: the mapping is of a file, shared and read-only: whoever looks at it again, in this thread or another,
        // finds the bytes of the file.
        #[cfg(unix)]
        #[allow(
            unsafe_code,
            reason = "the advice is dangerous only for memory of one's own"
        )]
        let _ = unsafe {
            let advice = memmap2::UncheckedAdvice::DontNeed;
            file.0
                .map
                .unchecked_advise_range(advice, start, end.saturating_sub(start))
        };
        #[cfg(not(unix))]
        let _ = (file, start, end);
    }

    /// The file and the bytes of it that they are, where they lie in one.
    pub fn in_file(&self) -> Option<(&MappedFile, Range<usize>)> {
        match &self.0 {
            Memory::Owned(_) => None,
            Memory::Mapped { file, bytes } => Some((file, bytes.clone())),
        }
    }
}

impl<T: bytemuck::Pod> Buffer<T> {
    /// Some of the values, one after another: of a mapped file where they are, else a copy.
    ///
    /// # Panics
    /// If there are no such values.
    pub(crate) fn part(&self, values: Range<usize>) -> Self {
        assert!(values.start <= values.end && values.end <= self.len());
        match &self.0 {
            Memory::Owned(all) => all[values].to_vec().into(),
            Memory::Mapped { file, bytes } => {
                let at = |value: usize| bytes.start + value * size_of::<T>();
                Self(Memory::Mapped {
                    file: file.clone(),
                    bytes: at(values.start)..at(values.end),
                })
            }
        }
    }

    /// The rows of `width` values at `indices`, in that order. More than 64 MB of them, drawn from a mapped file that other
    /// processes find, are put into a temporary file, which is mapped in turn.
    ///
    /// # Panics
    /// If there is no such row.
    pub(crate) fn gather(&self, width: usize, indices: &[usize]) -> Self {
        self.gather_beyond(width, indices, DRAWN)
    }

    fn gather_beyond(&self, width: usize, indices: &[usize], most: usize) -> Self {
        let is_large = indices.len() * width * size_of::<T>() > most;
        let is_named = self
            .in_file()
            .is_some_and(|(file, _)| file.path().is_some());
        if is_large && is_named {
            // Where there is no room on the disk there may be in memory.
            if let Ok(drawn) = self.gather_into_file(width, indices) {
                return drawn;
            }
        }
        let mut gathered = Vec::with_capacity(indices.len() * width);
        for row in self.rows(width, indices) {
            gathered.extend_from_slice(row);
        }
        gathered.into()
    }

    fn gather_into_file(&self, width: usize, indices: &[usize]) -> io::Result<Self> {
        let file = tempfile::tempfile()?;
        let mut to = BufWriter::with_capacity(1 << 20, &file);
        let mut written = 0;
        for row in self.rows(width, indices) {
            to.write_all(bytemuck::cast_slice(row))?;
            written += size_of_val(row);
            if written >= DRAWN {
                self.release(0..self.len());
                written = 0;
            }
        }
        to.flush()?;
        drop(to);
        self.release(0..self.len());
        let bytes = indices.len() * width * size_of::<T>();
        let drawn = MappedFile::held(file)?.values(0..bytes);
        drawn.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn rows(&self, width: usize, indices: &[usize]) -> impl Iterator<Item = &[T]> {
        let rows = indices.iter();
        rows.map(move |&index| &self[index * width..(index + 1) * width])
    }
}

impl<T: bytemuck::Pod> Deref for Buffer<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Memory::Owned(values) => values,
            // Checked when it was made.
            Memory::Mapped { file, bytes } => bytemuck::cast_slice(&file.bytes()[bytes.clone()]),
        }
    }
}

impl<T: bytemuck::Pod + PartialEq> PartialEq for Buffer<T> {
    fn eq(&self, other: &Self) -> bool {
        self[..] == other[..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn mapped_values_are_those_of_the_file_and_nothing_beyond() {
        let mut file = tempfile::tempfile().unwrap();
        let values = [1.5_f32, -2.0, f32::MAX];
        file.write_all(bytemuck::cast_slice(&values)).unwrap();
        let mapped = MappedFile::open(&file).unwrap();
        let all = mapped.values::<f32>(0..12).unwrap();
        assert_eq!(all, Buffer::from(values.to_vec()));
        assert_eq!(&mapped.values::<f32>(4..8).unwrap()[..], [-2.0]);
        for wrong in [0..13, 4..16, 1..5, 0..6] {
            assert!(mapped.values::<f32>(wrong.clone()).is_none(), "{wrong:?}");
        }
        assert_eq!(mapped.values::<u8>(0..12).unwrap().len(), 12);
    }

    #[test]
    fn what_is_drawn_from_a_file_is_in_a_file_that_others_find() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let values: Vec<f32> = (0..3_000_u16).map(f32::from).collect();
        file.write_all(bytemuck::cast_slice(&values)).unwrap();
        let named = MappedFile::named(file.as_file(), file.path()).unwrap();
        let named = named.values::<f32>(0..12_000).unwrap();
        let unnamed = MappedFile::open(file.as_file()).unwrap();
        let unnamed = unnamed.values::<f32>(0..12_000).unwrap();
        let owned = Buffer::from(values);
        let indices = [7, 999, 0, 7];
        let expected = owned.gather(3, &indices);
        assert_eq!(expected[..4], [21.0, 22.0, 23.0, 2997.0]);
        for (buffer, most, is_in_file) in [
            (&owned, 0, false),
            (&unnamed, 0, false),
            (&named, 48, false),
            (&named, 47, true),
        ] {
            let drawn = buffer.gather_beyond(3, &indices, most);
            assert_eq!(drawn, expected);
            assert_eq!(drawn.in_file().is_some(), is_in_file);
            drawn.release(0..12);
            assert_eq!(drawn, expected);
            #[cfg(target_os = "linux")]
            if let Some((drawn, bytes)) = drawn.in_file() {
                let found = std::fs::read(drawn.path().unwrap()).unwrap();
                assert_eq!(found[bytes], *bytemuck::cast_slice::<f32, u8>(&expected));
            }
        }
    }

    #[test]
    fn a_part_of_a_mapped_file_is_no_copy() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[1, 2, 3, 4, 5, 6]).unwrap();
        let mapped = MappedFile::open(&file).unwrap().values::<u8>(1..6).unwrap();
        for buffer in [mapped.clone(), Buffer::from(vec![2, 3, 4, 5, 6])] {
            assert_eq!(buffer.part(1..4)[..], [3, 4, 5]);
            assert!(buffer.part(5..5).is_empty());
        }
        assert_eq!(mapped.part(1..4).as_ptr(), mapped[1..].as_ptr());
    }

    #[test]
    fn what_is_released_is_there_again_when_it_is_looked_at() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let bytes: Vec<u8> = (0..100_000).map(|i| (i % 251) as u8).collect();
        file.write_all(&bytes).unwrap();
        let mapped = MappedFile::named(file.as_file(), file.path()).unwrap();
        let mapped = mapped.values::<u8>(16..100_000);
        for buffer in [mapped.unwrap(), Buffer::from(bytes[16..].to_vec())] {
            assert_eq!(buffer[..], bytes[16..]);
            buffer.release(5_000..200_000);
            buffer.release(0..99_984);
            assert_eq!(buffer[..], bytes[16..]);
        }
    }
}
