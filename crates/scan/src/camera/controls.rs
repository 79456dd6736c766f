//! Zoom and lamp of a Video4Linux device. nokhwa takes the speed of a zoom for the zoom, and has no name for lamps.
#![allow(
    unsafe_code,
    reason = "v4l lists all controls or none, and panics at kinds that it does not know; one is asked for here"
)]

use std::ops::RangeInclusive;
use std::{io, mem};

use v4l::control::{Control, Flags, Type, Value};
use v4l::v4l_sys::{
    V4L2_CID_FLASH_LED_MODE, V4L2_CID_ZOOM_ABSOLUTE, v4l2_query_ext_ctrl, v4l2_querymenu,
};
use v4l::{Device, v4l2};

use super::trouble;
use crate::live::{Abilities, CameraError, Wish, Zoom};

/// Of the menu `V4L2_CID_FLASH_LED_MODE`: dark, and lit until told otherwise. Between them is a flash for one picture.
const DARK: i64 = 0;
const LIT: i64 = 2;

/// What a driver lets be set.
pub(super) trait Driver {
    /// The values of a control; none where the driver has no such control or it cannot be set now.
    fn range(&self, id: u32) -> Option<RangeInclusive<i64>>;
    /// Whether a menu has this entry: they may have gaps.
    fn offers(&self, id: u32, entry: i64) -> bool;
    fn value(&self, id: u32) -> io::Result<i64>;
    fn set(&self, id: u32, value: i64) -> io::Result<()>;
}

/// The controls of one device. Its lamp goes out with it, since the driver would leave it lit.
pub(super) struct Controls<D: Driver> {
    driver: D,
    has_lamp: bool,
}

impl<D: Driver> Controls<D> {
    pub(super) fn of(driver: D) -> Self {
        let has_lamp = [DARK, LIT]
            .into_iter()
            .all(|mode| driver.offers(V4L2_CID_FLASH_LED_MODE, mode));
        Self { driver, has_lamp }
    }

    pub(super) fn abilities(&self) -> Abilities {
        Abilities {
            zoom: self.zoom(),
            torch: self.has_lamp.then(|| self.is_lit()),
        }
    }

    pub(super) fn obey(&self, wish: Wish) -> Result<(), CameraError> {
        let (id, value) = match wish {
            Wish::Zoom(wanted) => {
                let zoom = self.zoom().ok_or_else(|| failed("it cannot zoom"))?;
                (V4L2_CID_ZOOM_ABSOLUTE, zoom.at(wanted).now().round() as i64)
            }
            Wish::Torch(_) if !self.has_lamp => return Err(failed("it has no lamp")),
            Wish::Torch(true) => (V4L2_CID_FLASH_LED_MODE, LIT),
            Wish::Torch(false) => (V4L2_CID_FLASH_LED_MODE, DARK),
        };
        let set = self.driver.set(id, value);
        set.map_err(|error| trouble::of_os_error(&error))
    }

    fn zoom(&self) -> Option<Zoom> {
        let range = self.driver.range(V4L2_CID_ZOOM_ABSOLUTE)?;
        let now = self.driver.value(V4L2_CID_ZOOM_ABSOLUTE).ok()?;
        Zoom::new(*range.start() as f64, *range.end() as f64, now as f64)
    }

    fn is_lit(&self) -> bool {
        let mode = self.driver.value(V4L2_CID_FLASH_LED_MODE);
        mode.is_ok_and(|mode| mode == LIT)
    }
}

impl<D: Driver> Drop for Controls<D> {
    fn drop(&mut self) {
        // A lamp that was pulled out with its camera is dark.
        if self.has_lamp && self.is_lit() {
            let _ = self.driver.set(V4L2_CID_FLASH_LED_MODE, DARK);
        }
    }
}

fn failed(words: &str) -> CameraError {
    CameraError::Failed(words.to_owned())
}

impl Driver for Device {
    fn range(&self, id: u32) -> Option<RangeInclusive<i64>> {
        let about = query(self, id).ok()?;
        let is_settable = !Flags::from(about.flags)
            .intersects(Flags::DISABLED | Flags::READ_ONLY | Flags::INACTIVE);
        (is_settable && about.type_ == Type::Integer as u32)
            .then_some(about.minimum..=about.maximum)
    }

    fn offers(&self, id: u32, entry: i64) -> bool {
        let Ok(index) = u32::try_from(entry) else {
            return false;
        };
        let mut item = v4l2_querymenu {
            id,
            index,
            // SAFETY: it is made of integers and arrays of bytes, for which zeros are values.
            ..unsafe { mem::zeroed() }
        };
        let request = v4l2::vidioc::VIDIOC_QUERYMENU;
        // SAFETY: the kernel reads and writes one structure of this type, which outlives the call.
        unsafe { v4l2::ioctl(self.handle().fd(), request, (&raw mut item).cast()) }.is_ok()
    }

    fn value(&self, id: u32) -> io::Result<i64> {
        match self.control(id)?.value {
            Value::Integer(value) => Ok(value),
            other => Err(io::Error::other(format!("a control is {other:?}"))),
        }
    }

    fn set(&self, id: u32, value: i64) -> io::Result<()> {
        let value = Value::Integer(value);
        self.set_control(Control { id, value })
    }
}

fn query(device: &Device, id: u32) -> io::Result<v4l2_query_ext_ctrl> {
    let mut about = v4l2_query_ext_ctrl {
        id,
        // SAFETY: it is made of integers and arrays of them, for which zeros are values.
        ..unsafe { mem::zeroed() }
    };
    let request = v4l2::vidioc::VIDIOC_QUERY_EXT_CTRL;
    // SAFETY: the kernel reads and writes one structure of this type, which outlives the call.
    unsafe { v4l2::ioctl(device.handle().fd(), request, (&raw mut about).cast()) }?;
    Ok(about)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::HashMap;
    use std::rc::Rc;

    use super::*;

    /// A driver with these controls, each with its range and its value. Menus have every second entry.
    #[derive(Clone, Default)]
    struct Fake(Rc<RefCell<HashMap<u32, Knob>>>);

    type Knob = (RangeInclusive<i64>, i64);

    impl Fake {
        fn with(self, id: u32, range: RangeInclusive<i64>, value: i64) -> Self {
            self.0.borrow_mut().insert(id, (range, value));
            self
        }

        fn zoom() -> Self {
            Self::default().with(V4L2_CID_ZOOM_ABSOLUTE, 100..=500, 150)
        }

        fn lamp() -> Self {
            Self::default().with(V4L2_CID_FLASH_LED_MODE, 0..=2, 0)
        }
    }

    impl Driver for Fake {
        fn range(&self, id: u32) -> Option<RangeInclusive<i64>> {
            Some(self.0.borrow().get(&id)?.0.clone())
        }

        fn offers(&self, id: u32, entry: i64) -> bool {
            let range = self.range(id);
            range.is_some_and(|range| range.contains(&entry) && entry % 2 == 0)
        }

        fn value(&self, id: u32) -> io::Result<i64> {
            let known = self.0.borrow();
            let (_, value) = known.get(&id).ok_or(io::ErrorKind::InvalidInput)?;
            Ok(*value)
        }

        fn set(&self, id: u32, value: i64) -> io::Result<()> {
            let mut known = self.0.borrow_mut();
            let (range, now) = known.get_mut(&id).ok_or(io::ErrorKind::InvalidInput)?;
            assert!(range.contains(&value), "{id:#x} is set to {value}");
            *now = value;
            Ok(())
        }
    }

    #[test]
    fn a_device_can_do_what_its_driver_has() {
        let check = |driver: Fake, zoom: Option<Zoom>, torch: Option<bool>| {
            let abilities = Controls::of(driver).abilities();
            assert_eq!(abilities, Abilities { zoom, torch });
        };
        check(Fake::default(), None, None);
        check(Fake::zoom(), Zoom::new(100.0, 500.0, 150.0), None);
        check(Fake::lamp(), None, Some(false));
        check(
            Fake::default().with(V4L2_CID_ZOOM_ABSOLUTE, 1..=1, 1),
            None,
            None,
        );
        // A flash that cannot stay lit is no lamp.
        check(
            Fake::default().with(V4L2_CID_FLASH_LED_MODE, 0..=1, 0),
            None,
            None,
        );
    }

    #[test]
    fn a_wish_is_granted_as_far_as_the_device_goes() {
        let check = |driver: Fake, wish, id, expected: Result<i64, CameraError>| {
            let controls = Controls::of(driver.clone());
            let outcome = controls.obey(wish).map(|()| driver.value(id));
            assert_eq!(outcome.map(|value| value.expect("it is there")), expected);
        };
        let zoom = |wanted, expected| {
            let wish = Wish::Zoom(wanted);
            check(Fake::zoom(), wish, V4L2_CID_ZOOM_ABSOLUTE, Ok(expected));
        };
        zoom(187.5, 188);
        zoom(0.0, 100);
        zoom(9000.0, 500);
        let lamp = |driver, wanted, expected| {
            check(
                driver,
                Wish::Torch(wanted),
                V4L2_CID_FLASH_LED_MODE,
                expected,
            );
        };
        lamp(Fake::lamp(), true, Ok(LIT));
        lamp(Fake::lamp(), false, Ok(DARK));
        lamp(Fake::zoom(), true, Err(failed("it has no lamp")));
        let wish = Wish::Zoom(1.0);
        let cannot = Err(failed("it cannot zoom"));
        check(Fake::lamp(), wish, V4L2_CID_ZOOM_ABSOLUTE, cannot);
    }

    #[test]
    fn a_lamp_goes_out_with_its_camera() {
        let driver = Fake::lamp();
        let controls = Controls::of(driver.clone());
        controls.obey(Wish::Torch(true)).expect("there is a lamp");
        assert_eq!(controls.abilities().torch, Some(true));
        drop(controls);
        assert_eq!(driver.value(V4L2_CID_FLASH_LED_MODE).ok(), Some(DARK));
    }
}
