//! Shows a QR code to a v4l2loopback device until it is killed: `loopback_writer DEVICE TEXT`.

#[cfg(target_os = "linux")]
fn main() -> std::io::Result<()> {
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> std::io::Result<()> {
    Err(std::io::Error::other("v4l2loopback is a Linux module"))
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, Write};
    use std::thread;
    use std::time::Duration;

    use fast_qr::{ECL, QRBuilder};
    use v4l::control::{Control, Value};
    use v4l::video::Output;
    use v4l::{Device, Format, FourCC};

    const WIDTH: usize = 640;
    const HEIGHT: usize = 480;
    /// Pixels for each module of the code.
    const MODULE: usize = 8;
    const INTERVAL: Duration = Duration::from_millis(33);

    /// v4l2loopback's own control, `CID_TIMEOUT` in its source: after so many milliseconds without a frame it wakes
    /// whoever waits for one, as a camera's driver does when the camera is pulled out.
    const TIMEOUT_CONTROL: u32 = 0x0098_f902;
    const TIMEOUT_MS: i64 = 500;

    pub fn main() -> io::Result<()> {
        let mut args = std::env::args().skip(1);
        let (Some(path), Some(text)) = (args.next(), args.next()) else {
            return Err(io::Error::other("usage: loopback_writer DEVICE TEXT"));
        };
        let frame = label(&text)?;
        let mut device = Device::with_path(path)?;
        let format = Format::new(WIDTH as u32, HEIGHT as u32, FourCC::new(b"YUYV"));
        device.set_format(&format)?;
        device.set_control(Control {
            id: TIMEOUT_CONTROL,
            value: Value::Integer(TIMEOUT_MS),
        })?;
        loop {
            device.write_all(&frame)?;
            thread::sleep(INTERVAL);
        }
    }

    /// A grey wall with a label on it, YUYV.
    fn label(text: &str) -> io::Result<Vec<u8>> {
        let code = QRBuilder::new(text)
            .ecl(ECL::M)
            .build()
            .map_err(|error| io::Error::other(error.to_string()))?;
        let (left, top) = (140, 60);
        // The quiet zone of four modules belongs to the code.
        let side = (code.size + 8) * MODULE;
        let luma = |x: usize, y: usize| {
            if !(left..left + side).contains(&x) || !(top..top + side).contains(&y) {
                return 110;
            }
            let module = |at: usize, edge: usize| ((at - edge) / MODULE).wrapping_sub(4);
            let (column, row) = (module(x, left), module(y, top));
            let dark = column < code.size && row < code.size && code[row][column].value();
            if dark { 30 } else { 220 }
        };
        let pixels = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)));
        Ok(pixels.flat_map(|(x, y)| [luma(x, y), 128]).collect())
    }
}
