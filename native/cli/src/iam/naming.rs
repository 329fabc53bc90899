//! Names of resources in a template: unlike, and made of letters and digits.

use std::collections::BTreeSet;

/// Gives each resource a name that no other has.
#[derive(Debug, Default)]
pub struct Naming {
    taken: BTreeSet<String>,
}

impl Naming {
    /// A name such as `RoleDataEng`, for CloudFormation.
    pub fn camel(&mut self, kind: &str, text: &str) -> String {
        let words = words(text).into_iter().map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        });
        let name = kind.to_owned() + &words.collect::<String>();
        self.take(name, "")
    }

    /// A name such as `role_data_eng`, for Terraform.
    pub fn snake(&mut self, kind: &str, text: &str) -> String {
        let words = words(text).into_iter().map(|word| word.to_lowercase());
        let name = std::iter::once(kind.to_owned()).chain(words);
        self.take(name.collect::<Vec<_>>().join("_"), "_")
    }

    fn take(&mut self, name: String, between: &str) -> String {
        let mut free = name.clone();
        let mut number = 2;
        while !self.taken.insert(free.clone()) {
            free = format!("{name}{between}{number}");
            number += 1;
        }
        free
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unlike() {
        let mut naming = Naming::default();
        assert_eq!(naming.camel("Role", "data-eng"), "RoleDataEng");
        assert_eq!(naming.camel("Role", "data_eng"), "RoleDataEng2");
        assert_eq!(naming.camel("Role", "_"), "Role");
        assert_eq!(naming.snake("role", "team/Data-Eng"), "role_team_data_eng");
        assert_eq!(
            naming.snake("role", "team.data.eng"),
            "role_team_data_eng_2"
        );
    }
}
