//! The job's own keys, as the site file sees them.

use std::path::Path;

use super::site::Site;
use crate::error::{Code, Error};
use crate::surroundings::Surroundings;

/// The only `rolecall.conf` keys that a site file lets jobs set; none where it lists none, or where
/// there is no site file. `file` is one to look at in place of the machine's own, for which nobody
/// asks who could write it.
///
/// # Errors
/// RC122 where others could have written the machine's own, RC123 where the file is not there, can't be
/// read or is not understood, RC120 for a setting in it that does not exist.
pub fn allowed_conf_keys(
    file: Option<&Path>,
    surroundings: &Surroundings,
) -> Result<Option<Vec<String>>, Error> {
    let site = match file {
        None => Site::read(surroundings)?,
        Some(path) => {
            let bytes = std::fs::read(path).map_err(|error| {
                Error::new(
                    Code::SiteFileInvalid,
                    format!("{}: {error}", path.display()),
                )
            })?;
            Some(Site::parse(&bytes, path)?)
        }
    };
    Ok(site.and_then(|site| site.allowed_conf().map(<[String]>::to_vec)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_those_that_the_file_lists() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("site.json");
        let nowhere = Surroundings {
            site_file: folder.path().join("none.json"),
            ..Surroundings::of_this_process()
        };
        let keys = |text: &str| {
            std::fs::write(&path, text).unwrap();
            allowed_conf_keys(Some(&path), &nowhere).map_err(|error| error.code())
        };
        assert_eq!(
            keys(r#"{"version": 1, "conf": ["tenant"]}"#),
            Ok(Some(vec!["tenant".to_owned()]))
        );
        assert_eq!(keys(r#"{"version": 1}"#), Ok(None));
        assert_eq!(keys("{"), Err(Code::SiteFileInvalid));
        assert_eq!(allowed_conf_keys(None, &nowhere), Ok(None));
        assert_eq!(
            allowed_conf_keys(Some(&nowhere.site_file), &nowhere)
                .unwrap_err()
                .code(),
            Code::SiteFileInvalid
        );
    }
}
