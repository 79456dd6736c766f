//! The machine's kernel and its modules.

use std::fs;
use std::path::{Path, PathBuf};

use super::{on, packages};
use crate::failure::Failure;
use crate::project;
use crate::shell::Shell;

/// The kernel's own modules that the scenarios load, each with those that it needs.
const MODULES: &[&str] = &["videodev", "vivid"];

/// A kernel that is ready to be started.
pub struct Kernel {
    /// The compressed kernel.
    pub image: PathBuf,
    /// Modules, and for each of those that are loaded by name a file `NAME.list` with their order.
    pub modules: PathBuf,
}

/// Downloads the kernel and builds the modules that are not part of it, unless that was done before.
pub fn prepare(version: &str, folder: &Path) -> Result<Kernel, Failure> {
    let kernel = Kernel {
        image: folder.join("vmlinuz"),
        modules: folder.join("modules"),
    };
    // The kernel is put in its place last, so where it is everything is.
    if !kernel.image.is_file() {
        download(version, folder, &kernel)?;
    }
    compile_unplug(version, folder, &kernel.modules)?;
    Ok(kernel)
}

/// Compiles our own module, unless its source is the one that was compiled before.
fn compile_unplug(version: &str, folder: &Path, modules: &Path) -> Result<(), Failure> {
    let sources = project::root().join("tests/camera-vm/unplug");
    let compiled = folder.join("unplug");
    let is_same = |name: &str| {
        let content = |folder: &Path| fs::read(folder.join(name)).ok();
        content(&sources).is_some_and(|source| Some(source) == content(&compiled))
    };
    let is_built = modules.join("unplug.ko").is_file();
    if is_built && ["unplug.c", "Makefile"].into_iter().all(is_same) {
        return Ok(());
    }
    copy_folder(&sources, &compiled)?;
    compile(version, &compiled, "unplug", modules)
}

fn download(version: &str, folder: &Path, kernel: &Kernel) -> Result<(), Failure> {
    let unpacked = folder.join("unpacked");
    for anew in [&unpacked, &kernel.modules] {
        if anew.exists() {
            fs::remove_dir_all(anew).map_err(on(anew))?;
        }
        fs::create_dir_all(anew).map_err(on(anew))?;
    }
    let image = format!("linux-image-{version}");
    packages::unpack(&[&image, "v4l2loopback-dkms"], &unpacked)?;
    Shell::root("depmod")
        .args(["-b".as_ref(), unpacked.as_os_str(), version.as_ref()])
        .run()?;
    for name in MODULES {
        take_module(name, version, &unpacked, &kernel.modules)?;
    }
    compile_loopback(version, &unpacked, &kernel.modules)?;
    let image = unpacked.join("boot").join(format!("vmlinuz-{version}"));
    fs::copy(&image, folder.join("vmlinuz.new")).map_err(on(&image))?;
    fs::rename(folder.join("vmlinuz.new"), &kernel.image).map_err(on(&kernel.image))?;
    // 400 MB, of which 10 were needed.
    fs::remove_dir_all(&unpacked).map_err(on(&unpacked))
}

/// Copies a module and those that it needs, and notes their order.
fn take_module(name: &str, version: &str, unpacked: &Path, modules: &Path) -> Result<(), Failure> {
    let order = Shell::new("/sbin/modprobe")
        .args(["-d".as_ref(), unpacked.as_os_str()])
        .args(["-S", version, "--show-depends", name])
        .output()?;
    let mut names = Vec::new();
    for path in paths_in(&order) {
        let file = path.file_name().expect("modprobe names files");
        fs::copy(&path, modules.join(file)).map_err(on(&path))?;
        names.push(file.to_string_lossy().into_owned());
    }
    write_order(name, &names, modules)
}

/// The modules that modprobe would load: lines of `insmod PATH `.
fn paths_in(order: &str) -> Vec<PathBuf> {
    let path = |line: &str| {
        let path = line.strip_prefix("insmod ")?.split_whitespace().next()?;
        Some(PathBuf::from(path))
    };
    order.lines().filter_map(path).collect()
}

fn write_order(name: &str, files: &[String], modules: &Path) -> Result<(), Failure> {
    let path = modules.join(format!("{name}.list"));
    fs::write(&path, files.join("\n") + "\n").map_err(on(&path))
}

fn compile_loopback(version: &str, unpacked: &Path, modules: &Path) -> Result<(), Failure> {
    let sources = unpacked.join("usr/src");
    let mut folders = sources.read_dir().map_err(on(&sources))?;
    let source = folders
        .find_map(|entry| Some(entry.ok()?.path()).filter(|path| path.join("dkms.conf").is_file()))
        .ok_or_else(|| {
            Failure::new(
                "the package v4l2loopback-dkms holds no sources",
                "look into it with `dpkg-deb --contents`",
            )
        })?;
    compile(version, &source, "v4l2loopback", modules)?;
    write_order("v4l2loopback", &["v4l2loopback.ko".into()], modules)
}

/// Compiles a module that is not part of the kernel.
fn compile(version: &str, source: &Path, name: &str, modules: &Path) -> Result<(), Failure> {
    let file = format!("{name}.ko");
    Shell::new("make")
        .args(["--silent", "-C", &format!("/lib/modules/{version}/build")])
        .args([format!("M={}", source.display()), "modules".into()])
        .advice("the kernel's headers must be of the same version as the kernel")
        .run()?;
    let (built, taken) = (source.join(&file), modules.join(&file));
    Shell::new("strip")
        .args(["--strip-debug".as_ref(), built.as_os_str()])
        .args(["-o".as_ref(), taken.as_os_str()])
        .run()
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to).map_err(on(to))?;
    for entry in from.read_dir().map_err(on(from))? {
        let entry = entry.map_err(on(from))?;
        fs::copy(entry.path(), to.join(entry.file_name())).map_err(on(&entry.path()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modprobe_tells_the_order() {
        let order = "insmod /k/mc.ko \ninsmod /k/videodev.ko debug=1\nbuiltin usbcore\n";
        let expected = ["/k/mc.ko", "/k/videodev.ko"].map(PathBuf::from);
        assert_eq!(paths_in(order), expected);
    }
}
