//! A store in a file that nobody else reads.
//!
//! What is appended at once stands in one block: its length, the first 8 bytes of its SHA-256, and each record behind its own
//! length. A block that was cut off by a crash is the last one, and is passed over and cut away.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Store;
use crate::bytes::Reader;

const CHECK: usize = 8;

/// Writes with `fdatasync`, and replaces by renaming.
pub struct FileStore {
    path: PathBuf,
    file: File,
    length: u64,
}

impl FileStore {
    /// Opens the file, or makes it with mode 0600: a gateway's has its nodes' keys.
    ///
    /// # Errors
    /// Where it cannot be opened, or somebody else has it open.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = private().truncate(false).open(path)?;
        // Two that write into one store would use the same numbers.
        file.try_lock()?;
        sync_folder(path)?;
        let length = file.metadata()?.len();
        Ok(Self {
            path: path.to_owned(),
            file,
            length,
        })
    }
}

impl Store for FileStore {
    fn load(&mut self) -> io::Result<Vec<Vec<u8>>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut bytes)?;
        let mut reader = Reader(&bytes);
        let (mut records, mut good) = (Vec::new(), 0);
        while let Some(block) = read_block(&mut reader) {
            records.extend(block);
            good = bytes.len() - reader.0.len();
        }
        self.length = good as u64;
        self.file.set_len(self.length)?;
        self.file.sync_data()?;
        Ok(records)
    }

    fn append(&mut self, records: &[Vec<u8>]) -> io::Result<()> {
        let block = block(records);
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(&block)?;
        self.file.sync_data()?;
        self.length += block.len() as u64;
        Ok(())
    }

    fn replace(&mut self, records: &[Vec<u8>]) -> io::Result<()> {
        let beside = self.path.with_extension("new");
        let mut file = private().truncate(true).open(&beside)?;
        file.try_lock()?;
        let block = block(records);
        file.write_all(&block)?;
        file.sync_all()?;
        fs::rename(&beside, &self.path)?;
        sync_folder(&self.path)?;
        self.file = file;
        self.length = block.len() as u64;
        Ok(())
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A new name is on the disk once its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Elsewhere folders cannot be opened, and names are kept with the files.
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn length(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len())
        .expect("a journal is far below 4 GiB")
        .to_be_bytes()
}

fn check(bytes: &[u8]) -> [u8; CHECK] {
    let digest = Sha256::digest(bytes);
    std::array::from_fn(|index| digest[index])
}

fn block(records: &[Vec<u8>]) -> Vec<u8> {
    let mut inside = Vec::new();
    for record in records {
        inside.extend(length(record));
        inside.extend(record);
    }
    [&length(&inside)[..], &check(&inside), &inside].concat()
}

fn read_block(reader: &mut Reader<'_>) -> Option<Vec<Vec<u8>>> {
    let length = reader.u32()?;
    let expected = reader.array::<CHECK>()?;
    let inside = reader.slice(length as usize)?;
    if check(inside) != expected {
        return None;
    }
    let (mut inside, mut records) = (Reader(inside), Vec::new());
    while !inside.0.is_empty() {
        let length = inside.u32()?;
        records.push(inside.slice(length as usize)?.to_vec());
    }
    Some(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(texts: &[&str]) -> Vec<Vec<u8>> {
        texts.iter().map(|text| text.as_bytes().to_vec()).collect()
    }

    #[test]
    fn what_a_crash_cut_off_is_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal");
        let mut store = FileStore::open(&path).expect("a store");
        assert!(store.load().expect("empty").is_empty());
        store.append(&records(&["one", ""])).expect("kept");
        let first = fs::metadata(&path).expect("a file").len() as usize;
        store.append(&records(&["two", "three"])).expect("kept");
        drop(store);
        let whole = fs::read(&path).expect("bytes");
        for cut in 0..=whole.len() {
            fs::write(&path, &whole[..cut]).expect("cut off");
            let mut store = FileStore::open(&path).expect("a store");
            let mut want = match cut {
                cut if cut == whole.len() => records(&["one", "", "two", "three"]),
                cut if cut >= first => records(&["one", ""]),
                _ => Vec::new(),
            };
            assert_eq!(store.load().expect("read"), want, "{cut}");
            store.append(&records(&["more"])).expect("kept");
            drop(store);
            want.extend(records(&["more"]));
            let mut store = FileStore::open(&path).expect("a store");
            assert_eq!(store.load().expect("read"), want, "{cut}, and one more");
        }
    }

    #[test]
    fn what_was_replaced_is_gone_and_the_file_is_private() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal");
        let mut store = FileStore::open(&path).expect("a store");
        store.append(&records(&["a secret"])).expect("kept");
        store.replace(&records(&["new"])).expect("replaced");
        store.append(&records(&["newer"])).expect("kept");
        assert!(FileStore::open(&path).is_err(), "somebody has it");
        drop(store);
        let mut again = FileStore::open(&path).expect("a store");
        assert_eq!(again.load().expect("read"), records(&["new", "newer"]));
        let bytes = fs::read(&path).expect("bytes");
        assert!(!bytes.windows(8).any(|window| window == b"a secret"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
