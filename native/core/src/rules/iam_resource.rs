//! What an ARN of IAM names: a kind, a path, a name.

use super::misfit::{Misfit, is_name_character, unfit_character};
use super::quoted::Quoted;

/// IAM's own limit on `Path`, with both of its slashes.
const LONGEST_PATH: usize = 512;

/// What the resources of one kind look like.
#[derive(Debug)]
pub(super) struct IamResource {
    /// `role`, `policy`.
    pub(super) kind: &'static str,
    /// IAM's own limit on `RoleName`, `PolicyName`, in characters.
    pub(super) longest_name: usize,
    /// What to write instead.
    pub(super) form: &'static str,
}

impl IamResource {
    /// Checks `KIND/[PATH/]NAME`, which starts at character `at` of the ARN.
    pub(super) fn check(&self, resource: &str, at: usize) -> Result<(), Misfit> {
        let Self {
            kind,
            longest_name,
            form,
        } = self;
        let (found, rest) = resource.split_once('/').unwrap_or((resource, ""));
        if found != *kind || !resource.contains('/') {
            return Err(Misfit::at(
                at,
                format!(
                    "names {} where `{kind}/NAME` has to stand; {form}",
                    Quoted(found)
                ),
            ));
        }
        let (path, name) = rest.rsplit_once('/').unwrap_or(("", rest));
        let name_at = at + resource.len() - name.len();
        if name.is_empty() {
            return Err(Misfit::at(
                name_at,
                format!("lacks the {kind}'s name; {form}"),
            ));
        }
        if rest.starts_with('/') || path.contains("//") || path.ends_with('/') {
            return Err(Misfit::at(
                at,
                format!("holds `//`; each part of a {kind}'s path has a name"),
            ));
        }
        if let Some(misfit) = unfit_character(name, is_name_character) {
            return Err(Misfit::at(
                name_at + misfit.position().unwrap_or_default(),
                format!(
                    "has the {kind} name {}, where only letters, digits and _+=,.@- may stand",
                    Quoted(name)
                ),
            ));
        }
        if name.len() > *longest_name {
            return Err(Misfit::at(
                name_at,
                format!(
                    "has a {kind} name of {} characters; IAM takes {longest_name}",
                    name.len()
                ),
            ));
        }
        if path.len() + 2 > LONGEST_PATH {
            return Err(Misfit::at(
                at,
                format!(
                    "has a path of {} characters; IAM takes {LONGEST_PATH}",
                    path.len() + 2
                ),
            ));
        }
        Ok(())
    }
}
