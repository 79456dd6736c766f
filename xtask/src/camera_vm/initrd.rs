//! The machine's file system: an archive that the kernel unpacks into memory.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::kernel::Kernel;
use super::{Programs, on};
use crate::failure::Failure;
use crate::shell::Shell;

/// Where Debian's busybox-static puts it.
const BUSYBOX: &str = "/bin/busybox";

/// Who there is: everybody, and somebody without rights.
const PASSWD: &str = "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n";

/// Packs the archive anew: our programs have changed since the last time.
pub fn build(
    work: &Path,
    sources: &Path,
    kernel: &Kernel,
    programs: &Programs,
) -> Result<PathBuf, Failure> {
    let root = work.join("root");
    if root.exists() {
        fs::remove_dir_all(&root).map_err(on(&root))?;
    }
    for folder in ["bin", "dev", "etc", "modules", "proc", "sys"] {
        let folder = root.join(folder);
        fs::create_dir_all(&folder).map_err(on(&folder))?;
    }
    let passwd = root.join("etc/passwd");
    fs::write(&passwd, PASSWD).map_err(on(&passwd))?;
    copy(Path::new(BUSYBOX), &root.join("bin/busybox"))?;
    copy(&sources.join("init.sh"), &root.join("init"))?;
    let init = fs::Permissions::from_mode(0o755);
    fs::set_permissions(root.join("init"), init).map_err(on(&root))?;
    for entry in kernel.modules.read_dir().map_err(on(&kernel.modules))? {
        let entry = entry.map_err(on(&kernel.modules))?;
        copy(&entry.path(), &root.join("modules").join(entry.file_name()))?;
    }
    for program in &programs.0 {
        add_program(program, &root)?;
    }
    pack(work, &root)
}

/// Adds a program without its debugging information, and the libraries that it is linked with.
fn add_program(program: &Path, root: &Path) -> Result<(), Failure> {
    let name = program.file_name().expect("a program is a file");
    let place = root.join("bin").join(name);
    Shell::new("strip")
        .args([program.as_os_str(), "-o".as_ref(), place.as_os_str()])
        .run()?;
    let listing = Shell::new("ldd").args([program]).output()?;
    for library in libraries_in(&listing) {
        let within = library.strip_prefix("/").expect("ldd gives whole paths");
        copy(&library, &root.join(within))?;
    }
    Ok(())
}

/// The paths in what ldd prints: `name => /path (address)`, or `/path (address)` for the loader.
fn libraries_in(listing: &str) -> Vec<PathBuf> {
    listing
        .split_whitespace()
        .filter(|word| word.starts_with('/'))
        .map(PathBuf::from)
        .collect()
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let folder = to.parent().expect("a file lies in a folder");
    fs::create_dir_all(folder).map_err(on(folder))?;
    fs::copy(from, to).map_err(on(from))?;
    Ok(())
}

fn pack(work: &Path, root: &Path) -> Result<PathBuf, Failure> {
    let archive = work.join("initrd.gz");
    let script = r#"cd "$1" && find . | cpio --quiet -o -H newc -R +0:+0 | gzip -1 >"$2""#;
    Shell::new("sh")
        .args(["-e", "-c", script, "pack"])
        .args([root, &archive])
        .run()?;
    Ok(archive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ldd_names_libraries_and_the_loader() {
        let listing = "\tlinux-vdso.so.1 (0x1)\n\tlibc.so.6 => /lib/libc.so.6 (0x2)\n\t/lib64/ld.so.2 (0x3)\n";
        let expected = ["/lib/libc.so.6", "/lib64/ld.so.2"].map(PathBuf::from);
        assert_eq!(libraries_in(listing), expected);
    }
}
