//! Fields of tables in few bytes: a registry holds hundreds of thousands of them, and looks at one table at a time.
//!
//! A field is a byte of [flags](flag), its name, type and description, and then what its flags say is there. Text is its length and
//! its bytes; numbers are LEB128, as in WebAssembly (core specification 2.0, section 5.2.2).

use super::Field;

/// The fields of a table, packed.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Fields(Box<[u8]>);

/// What the first byte of a field says.
mod flag {
    pub(super) const REQUIRED: u8 = 1;
    pub(super) const SECRET: u8 = 1 << 1;
    pub(super) const FIXED: u8 = 1 << 2;
    pub(super) const DEFAULT: u8 = 1 << 3;
    pub(super) const ALLOWED: u8 = 1 << 4;
    pub(super) const CONSTRAINTS: u8 = 1 << 5;
    pub(super) const POSITION: u8 = 1 << 6;
    pub(super) const FIELDS: u8 = 1 << 7;
}

impl Fields {
    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the fields.
    ///
    /// # Panics
    ///
    /// Never: only fields were packed, and [`Fields::from_bytes`] takes nothing else.
    pub fn unpack(&self) -> Vec<Field> {
        let mut bytes = Bytes(&self.0);
        let mut fields = Vec::new();
        while !bytes.0.is_empty() {
            fields.push(bytes.field().expect("only fields were packed"));
        }
        fields
    }

    /// Returns them as they are packed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns fields from bytes; nothing when those are no packed fields.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut rest = Bytes(bytes);
        while !rest.0.is_empty() {
            rest.field()?;
        }
        Some(Self(bytes.into()))
    }
}

impl From<Vec<Field>> for Fields {
    fn from(fields: Vec<Field>) -> Self {
        fields.into_iter().collect()
    }
}

impl FromIterator<Field> for Fields {
    fn from_iter<I: IntoIterator<Item = Field>>(fields: I) -> Self {
        let mut out = Vec::with_capacity(1 << 10);
        fields.into_iter().for_each(|field| pack(&field, &mut out));
        Self(out.as_slice().into())
    }
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.unpack().fmt(f)
    }
}

/// Recursive, but only as deep as whoever made the fields.
fn pack(field: &Field, out: &mut Vec<u8>) {
    let Field { name, type_text, required, secret, fixed, default, .. } = field;
    let Field { allowed, constraints, position, description, fields, .. } = field;
    let flags = [
        (flag::REQUIRED, *required),
        (flag::SECRET, *secret),
        (flag::FIXED, *fixed),
        (flag::DEFAULT, default.is_some()),
        (flag::ALLOWED, !allowed.is_empty()),
        (flag::CONSTRAINTS, !constraints.is_empty()),
        (flag::POSITION, position.is_some()),
        (flag::FIELDS, !fields.is_empty()),
    ];
    out.push(flags.iter().filter(|(_, is_set)| *is_set).map(|(flag, _)| flag).sum());
    [name, type_text, description].into_iter().chain(default).for_each(|text| pack_text(text, out));
    for texts in [allowed, constraints].into_iter().filter(|texts| !texts.is_empty()) {
        pack_number(texts.len() as u64, out);
        texts.iter().for_each(|text| pack_text(text, out));
    }
    if let Some(position) = position {
        pack_number(u64::from_ne_bytes(position.to_ne_bytes()), out);
    }
    if !fields.is_empty() {
        pack_number(fields.len() as u64, out);
        fields.iter().for_each(|field| pack(field, out));
    }
}

fn pack_text(text: &str, out: &mut Vec<u8>) {
    pack_number(text.len() as u64, out);
    out.extend_from_slice(text.as_bytes());
}

fn pack_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// What is left of packed fields.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn field(&mut self) -> Option<Field> {
        let (flags, rest) = self.0.split_first()?;
        self.0 = rest;
        let has = |flag| flags & flag != 0;
        Some(Field {
            required: has(flag::REQUIRED),
            secret: has(flag::SECRET),
            fixed: has(flag::FIXED),
            name: self.text()?,
            type_text: self.text()?,
            description: self.text()?,
            default: if has(flag::DEFAULT) { Some(self.text()?) } else { None },
            allowed: self.list(has(flag::ALLOWED), Self::text)?,
            constraints: self.list(has(flag::CONSTRAINTS), Self::text)?,
            position: if has(flag::POSITION) { Some(i64::from_ne_bytes(self.number()?.to_ne_bytes())) } else { None },
            fields: self.list(has(flag::FIELDS), Self::field)?,
        })
    }

    fn list<T>(&mut self, is_there: bool, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = if is_there { self.number()? } else { 0 };
        (0..count).map(|_| item(self)).collect()
    }

    fn text(&mut self) -> Option<String> {
        let len = usize::try_from(self.number()?).ok()?;
        let (text, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(std::str::from_utf8(text).ok()?.to_owned())
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn field() -> impl Strategy<Value = Field> {
        let texts = || proptest::collection::vec(".{0,9}", 0..3);
        let facts = (any::<[bool; 3]>(), proptest::option::of(".{0,300}"), proptest::option::of(any::<i64>()));
        let leaf = (".{0,9}", ".{0,9}", ".{0,200}", texts(), texts(), facts).prop_map(
            |(name, type_text, description, allowed, constraints, ([required, secret, fixed], default, position))| {
                let fields = Vec::new();
                #[rustfmt::skip]
                return Field { name, type_text, required, secret, fixed, default, allowed, constraints, position, description, fields };
            },
        );
        leaf.prop_recursive(3, 12, 4, |inner| {
            (inner.clone(), proptest::collection::vec(inner, 0..4))
                .prop_map(|(field, fields)| Field { fields, ..field })
        })
    }

    proptest! {
        /// Ensures that fields come out as they went in, and that equal fields have equal bytes.
        #[test]
        fn what_is_packed_is_unpacked(fields in proptest::collection::vec(field(), 0..5)) {
            let packed = Fields::from(fields.clone());
            prop_assert_eq!(packed.is_empty(), fields.is_empty());
            prop_assert_eq!(&packed.unpack(), &fields);
            prop_assert_eq!(Fields::from_bytes(packed.as_bytes()), Some(packed));
        }

        /// Ensures that bytes of somebody else's are refused or are fields, and never a panic.
        #[test]
        fn other_bytes_are_no_fault(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Some(fields) = Fields::from_bytes(&bytes) {
                fields.unpack();
            }
        }
    }
}
