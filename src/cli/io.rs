//! Documents in, and output that appears whole or not at all.
//!
//! A file is written next to where it will be, and renamed over what was there: an error, a full disk or Ctrl-C leaves
//! the old file. Standard output and devices cannot do that; they get one complete document after the other.

use std::fs::{self, File, Metadata};
use std::io::{self, BufRead, BufReader, BufWriter, Read, StdinLock, StdoutLock, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::options::{Input, Target};

const BUFFER: usize = 1 << 16;

/// The documents of one input: all of it, or what stands between NUL bytes.
#[derive(Debug)]
pub struct Documents {
    source: Source,
    separated: bool,
    done: bool,
}

#[derive(Debug)]
enum Source {
    Stdin(StdinLock<'static>),
    File(BufReader<File>),
}

impl Documents {
    pub fn open(input: &Input, separated: bool) -> io::Result<Self> {
        let source = match input {
            Input::Stdin => Source::Stdin(io::stdin().lock()),
            Input::File(path) => {
                let file = File::open(path)?;
                // Elsewhere than on Unix opening fails already; here reading would, with the same words.
                if file.metadata()?.is_dir() {
                    return Err(io::Error::from(io::ErrorKind::IsADirectory));
                }
                Source::File(BufReader::with_capacity(BUFFER, file))
            }
        };
        Ok(Self { source, separated, done: false })
    }

    /// Reads the next document into `bytes`, whose room is used again. `None` after the last one; otherwise whether a
    /// NUL followed it.
    pub fn next(&mut self, bytes: &mut Vec<u8>) -> io::Result<Option<bool>> {
        bytes.clear();
        if self.done {
            return Ok(None);
        }
        if !self.separated {
            self.done = true;
            match &mut self.source {
                Source::Stdin(stdin) => stdin.read_to_end(bytes)?,
                // Past the buffer, so that the file's size is known and room is made for it once.
                Source::File(file) => file.get_mut().read_to_end(bytes)?,
            };
            return Ok(Some(false));
        }
        let read = match &mut self.source {
            Source::Stdin(stdin) => stdin.read_until(0, bytes)?,
            Source::File(file) => file.read_until(0, bytes)?,
        };
        if read == 0 {
            self.done = true;
            return Ok(None);
        }
        let terminated = bytes.last() == Some(&0);
        if terminated {
            bytes.pop();
        }
        Ok(Some(terminated))
    }
}

/// Where output goes. Opened by [`Output::start`], so that a job that fails before its first word leaves no trace.
#[derive(Debug)]
pub struct Output {
    target: Target,
    sink: Option<Sink>,
    /// The last document ended in a line without an end.
    open_line: bool,
    /// A NUL is due if another document follows.
    open_document: bool,
    /// Documents so far.
    documents: usize,
}

#[derive(Debug)]
enum Sink {
    Stdout(BufWriter<StdoutLock<'static>>),
    /// A device or a pipe: there is nothing to replace.
    Device(BufWriter<File>),
    Replace(Box<Replacement>),
}

impl Output {
    pub fn new(target: Target) -> Self {
        Self { target, sink: None, open_line: false, open_document: false, documents: 0 }
    }

    /// What messages call it.
    pub fn name(&self) -> String {
        match &self.target {
            Target::Stdout => "standard output".to_owned(),
            Target::File { path, .. } | Target::InPlace { path, .. } => path.display().to_string(),
        }
    }

    pub fn target(&self) -> &Target {
        &self.target
    }

    /// To be called before the first write.
    pub fn start(&mut self) -> io::Result<()> {
        if self.sink.is_none() {
            self.sink = Some(match &self.target {
                Target::Stdout => Sink::Stdout(BufWriter::with_capacity(BUFFER, io::stdout().lock())),
                Target::File { path, mkdir } => {
                    if let (true, Some(directory)) = (mkdir, path.parent()) {
                        fs::create_dir_all(directory)?;
                    }
                    open(path, None)?
                }
                Target::InPlace { path, backup } => match open(path, Some(backup.as_deref()))? {
                    Sink::Replace(replacement) => Sink::Replace(replacement),
                    _ => return Err(io::Error::other("only regular files can be cleaned in place")),
                },
            });
        }
        Ok(())
    }

    /// Whether documents have been written before.
    pub fn begun(&self) -> bool {
        self.documents > 0
    }

    /// Whether the next document would be glued to a line of the one before it.
    pub fn needs_line_end(&self) -> bool {
        self.open_line
    }

    /// Separates what follows from the document before, where that had no NUL after it.
    pub fn separate(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.open_document) { self.write_all(b"\0") } else { Ok(()) }
    }

    /// Ends a document; `null` says whether documents are separated by NUL, and whether there was one.
    pub fn end(&mut self, null: Option<bool>) -> io::Result<()> {
        self.documents += 1;
        match null {
            Some(true) => self.write_all(b"\0"),
            Some(false) => {
                self.open_document = true;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Says how the text of the last document ended, where the bytes written do not (in UTF-16).
    pub fn set_open_line(&mut self, open: bool) {
        self.open_line = open;
    }

    /// Makes what was written final.
    pub fn commit(self) -> io::Result<()> {
        match self.sink {
            None => Ok(()),
            Some(Sink::Stdout(mut out)) => out.flush(),
            Some(Sink::Device(mut out)) => out.flush(),
            Some(Sink::Replace(replacement)) => replacement.commit(),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match &mut self.sink {
            None => return Err(io::Error::other("output was not started")),
            Some(Sink::Stdout(out)) => out.write(bytes)?,
            Some(Sink::Device(out)) => out.write(bytes)?,
            Some(Sink::Replace(replacement)) => replacement.temp.write(bytes)?,
        };
        if let Some(last) = bytes[..written].last() {
            self.open_line = !matches!(last, b'\n' | b'\r' | b'\0');
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            None => Ok(()),
            Some(Sink::Stdout(out)) => out.flush(),
            Some(Sink::Device(out)) => out.flush(),
            Some(Sink::Replace(replacement)) => replacement.temp.flush(),
        }
    }
}

/// Writes a whole file, in one step.
pub fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut output = Output::new(Target::File { path: path.to_owned(), mkdir: false });
    output.start()?;
    output.write_all(bytes)?;
    output.commit()
}

/// A file that is being written beside the one it will replace.
#[derive(Debug)]
struct Replacement {
    temp: BufWriter<NamedTempFile>,
    target: PathBuf,
    /// The file that is replaced.
    old: Option<Metadata>,
    /// Keep the old file under this name.
    backup: Option<PathBuf>,
    /// Whether the only copy of a text is at stake: then it is on the disk before the old file goes.
    in_place: bool,
}

/// `in_place` holds the name of the backup, if there is to be one.
fn open(path: &Path, in_place: Option<Option<&Path>>) -> io::Result<Sink> {
    let (target, old) = match fs::metadata(path) {
        Ok(old) if old.is_dir() => return Err(io::Error::from(io::ErrorKind::IsADirectory)),
        // Renaming a file over /dev/null would be a disaster.
        Ok(old) if !old.is_file() => {
            let device = File::options().write(true).open(path)?;
            return Ok(Sink::Device(BufWriter::with_capacity(BUFFER, device)));
        }
        // A symbolic link stays one: its target is replaced.
        Ok(old) => (path.canonicalize()?, Some(old)),
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.is_symlink() => {
            return Err(io::Error::other("it is a symbolic link to nothing"));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_owned(), None),
        Err(error) => return Err(error),
    };
    let temp = temporary(&target)?;
    Ok(Sink::Replace(Box::new(Replacement {
        temp: BufWriter::with_capacity(BUFFER, temp),
        target,
        old,
        backup: in_place.flatten().map(Path::to_owned),
        in_place: in_place.is_some(),
    })))
}

/// A new file in the directory of `target`, so that renaming is one step.
fn temporary(target: &Path) -> io::Result<NamedTempFile> {
    let directory = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".dechaff-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What any new file gets; the process's umask takes its part away.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(directory).map_err(plain)
}

/// The error of the system, without the temporary file's name, which means nothing to anybody.
fn plain(error: io::Error) -> io::Error {
    let source = error.get_ref().and_then(|wrapper| wrapper.source());
    match source.and_then(|source| source.downcast_ref::<io::Error>()).and_then(io::Error::raw_os_error) {
        Some(code) => io::Error::from_raw_os_error(code),
        None => error,
    }
}

impl Replacement {
    fn commit(self) -> io::Result<()> {
        let temp = self.temp.into_inner().map_err(io::IntoInnerError::into_error)?;
        if let Some(old) = &self.old {
            inherit(temp.as_file(), old)?;
        }
        if self.in_place {
            temp.as_file().sync_data()?;
        }
        if let Some(backup) = &self.backup {
            let copy = temporary(backup)?;
            fs::copy(&self.target, copy.path())?;
            if let Some(old) = &self.old {
                inherit(copy.as_file(), old)?;
            }
            copy.persist(backup).map_err(|error| {
                let reason = error.error.kind();
                io::Error::new(reason, format!("no backup in {}: {reason}", backup.display()))
            })?;
        }
        temp.persist(&self.target).map_err(|error| error.error)?;
        Ok(())
    }
}

/// Owner and permissions of the old file. The owner only where this process may give files away: root, who must not
/// take a user's file by cleaning it.
fn inherit(file: &File, old: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let new = file.metadata()?;
        if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
            let _ = std::os::unix::fs::fchown(file, Some(old.uid()), Some(old.gid()));
        }
    }
    file.set_permissions(old.permissions())
}
