//! Checksums that labels carry.

/// CRC-16/MODBUS: polynomial 0x8005 reflected, initial value 0xFFFF, no final xor. TR005 labels carry it.
pub(crate) fn crc16_modbus(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte), |crc, _| match crc & 1 {
            0 => crc >> 1,
            _ => (crc >> 1) ^ 0xa001,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_check_value_comes_out() {
        // The check value of the catalogue of parametrised CRC algorithms.
        assert_eq!(crc16_modbus(b"123456789"), 0x4b37);
        assert_eq!(crc16_modbus(b""), 0xffff);
    }
}
