//! Local files that decide something: who else could have written them?

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

/// A file that was opened and whose permissions are good.
#[derive(Debug)]
pub(crate) struct LocalFile {
    file: File,
    stamp: FileStamp,
}

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileStamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// There is none.
    Missing,
    /// It is there, but can't be read; what the system says.
    Unreadable(String),
    /// Somebody else could have written it; who, and what to do.
    Untrusted(String),
}

impl LocalFile {
    /// Opens a regular file that group and others can't write, in a directory that they can't write
    /// either; with `owner`, both must be that user's. A link is followed, and both its own
    /// directory and that of the file it leads to are looked at.
    pub(crate) fn open(path: &Path, owner: Option<u32>) -> Result<Self, Unusable> {
        let real = std::fs::canonicalize(path).map_err(|error| unusable(&error))?;
        // Not blocking, for a pipe would wait for its writer.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOFOLLOW;
        let file = rustix::fs::open(&real, flags, Mode::empty())
            .map(File::from)
            .map_err(|error| unusable(&error.into()))?;
        let metadata = file.metadata().map_err(|error| unusable(&error))?;
        if !metadata.is_file() {
            return Err(Unusable::Unreadable("it is no regular file".to_owned()));
        }
        check(&real, &metadata, owner)?;
        for directory in directories(path, &real) {
            let metadata = std::fs::metadata(&directory).map_err(|error| unusable(&error))?;
            check(&directory, &metadata, owner)?;
        }
        Ok(Self {
            file,
            stamp: FileStamp {
                device: metadata.dev(),
                inode: metadata.ino(),
                size: metadata.size(),
                modified: (metadata.mtime(), metadata.mtime_nsec()),
                changed: (metadata.ctime(), metadata.ctime_nsec()),
            },
        })
    }

    /// Its state when it was opened.
    pub(crate) fn stamp(&self) -> FileStamp {
        self.stamp
    }

    /// All of it, up to `limit` bytes.
    pub(crate) fn read(self, limit: u64) -> Result<Vec<u8>, Unusable> {
        let mut bytes = Vec::new();
        self.file
            .take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| unusable(&error))?;
        if bytes.len() as u64 > limit {
            return Err(Unusable::Unreadable(format!(
                "it is larger than {limit} bytes"
            )));
        }
        Ok(bytes)
    }
}

fn directories(path: &Path, real: &Path) -> Vec<PathBuf> {
    let mut directories: Vec<PathBuf> = [real.parent(), path.parent()]
        .into_iter()
        .flatten()
        .map(|directory| {
            if directory.as_os_str().is_empty() {
                PathBuf::from(".")
            } else {
                directory.to_owned()
            }
        })
        .collect();
    directories.dedup();
    directories
}

fn check(path: &Path, metadata: &std::fs::Metadata, owner: Option<u32>) -> Result<(), Unusable> {
    let mode = metadata.mode() & 0o7777;
    if mode & 0o022 != 0 {
        let path = path.display();
        // A directory that all share, such as /tmp, has to stay as it is.
        let cure = if mode & 0o1000 == 0 {
            format!("run chmod go-w {path}")
        } else {
            "move the file to a directory that its owner alone can write".to_owned()
        };
        return Err(Unusable::Untrusted(format!(
            "{path} has mode {mode:04o}, so group or others can write it; {cure}"
        )));
    }
    match owner {
        Some(owner) if metadata.uid() != owner => Err(Unusable::Untrusted(format!(
            "{} belongs to user {}, and has to belong to {}; run chown {owner} {}",
            path.display(),
            metadata.uid(),
            if owner == 0 {
                "root".to_owned()
            } else {
                format!("user {owner}")
            },
            path.display()
        ))),
        _ => Ok(()),
    }
}

fn unusable(error: &std::io::Error) -> Unusable {
    match error.kind() {
        ErrorKind::NotFound => Unusable::Missing,
        _ => Unusable::Unreadable(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        folder
    }

    fn write(path: &Path, mode: u32) {
        fs::write(path, "text").unwrap();
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    fn me() -> u32 {
        rustix::process::geteuid().as_raw()
    }

    #[test]
    fn a_private_file_is_read_up_to_a_limit() {
        let folder = folder();
        let path = folder.path().join("f");
        write(&path, 0o644);
        let open = || LocalFile::open(&path, Some(me())).unwrap();
        assert_eq!(open().read(4), Ok(b"text".to_vec()));
        assert!(matches!(open().read(3), Err(Unusable::Unreadable(_))));
    }

    #[test]
    fn a_stamp_changes_with_the_file() {
        let folder = folder();
        let path = folder.path().join("f");
        write(&path, 0o644);
        let before = LocalFile::open(&path, None).unwrap().stamp();
        assert_eq!(LocalFile::open(&path, None).unwrap().stamp(), before);
        fs::write(&path, "longer").unwrap();
        assert_ne!(LocalFile::open(&path, None).unwrap().stamp(), before);
    }

    #[test]
    fn what_others_can_write_is_refused_with_the_cure() {
        let folder = folder();
        let path = folder.path().join("f");
        for mode in [0o664, 0o646, 0o666] {
            write(&path, mode);
            let Err(Unusable::Untrusted(why)) = LocalFile::open(&path, None) else {
                panic!("mode {mode:o} was taken");
            };
            assert!(
                why.contains("run chmod go-w ") && why.contains("f has mode 06"),
                "{why}"
            );
        }
        write(&path, 0o644);
        for (mode, cure) in [
            (0o775, "chmod go-w"),
            (0o757, "chmod go-w"),
            (0o1777, "move the file"),
        ] {
            fs::set_permissions(folder.path(), Permissions::from_mode(mode)).unwrap();
            let Err(Unusable::Untrusted(why)) = LocalFile::open(&path, None) else {
                panic!("mode {mode:o} was taken");
            };
            assert!(why.contains(cure), "{why}");
        }
    }

    #[test]
    fn another_owner_is_refused() {
        let folder = folder();
        let path = folder.path().join("f");
        write(&path, 0o644);
        let Err(Unusable::Untrusted(why)) = LocalFile::open(&path, Some(me() + 1)) else {
            panic!("another's file was taken");
        };
        assert!(why.contains(&format!("belongs to user {}", me())), "{why}");
    }

    #[test]
    fn a_link_is_as_good_as_where_it_leads() {
        let good = folder();
        let bad = folder();
        write(&bad.path().join("f"), 0o644);
        symlink(bad.path().join("f"), good.path().join("link")).unwrap();
        assert!(LocalFile::open(&good.path().join("link"), None).is_ok());
        fs::set_permissions(bad.path(), Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(
            LocalFile::open(&good.path().join("link"), None),
            Err(Unusable::Untrusted(_))
        ));
    }

    #[test]
    fn what_is_no_file_is_told_and_does_not_block() {
        let folder = folder();
        assert_eq!(
            LocalFile::open(&folder.path().join("absent"), None).unwrap_err(),
            Unusable::Missing
        );
        assert!(matches!(
            LocalFile::open(folder.path(), None),
            Err(Unusable::Unreadable(_))
        ));
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            Mode::from(0o600),
            0,
        )
        .unwrap();
        assert_eq!(
            LocalFile::open(&pipe, None).unwrap_err(),
            Unusable::Unreadable("it is no regular file".to_owned())
        );
    }
}
