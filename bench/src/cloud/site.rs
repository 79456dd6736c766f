//! A cloud to measure, with people who are signed in before any clock runs: hashing passwords is no part of what is
//! measured.

use std::path::{Path, PathBuf};

use handover_cloud::{Cloud, Config, DatabaseUrl};
use handover_wire::Role;
use serde_json::{Value, json};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use tempfile::TempDir;
use url::Url;

use super::Trouble;
use super::http::Connection;

/// What the demo calls its kind of device.
pub const TEMPLATE: &str = "TMPLsoil00001";

/// The password of everybody who is made here.
const PASSWORD: &str = "correct horse battery";

/// A running cloud on a database of its own, in this process.
pub struct Site {
    /// The cloud.
    pub cloud: Cloud,
    /// Where its database is, for what goes past the cloud.
    pub database: String,
    /// Whether that is SQLite.
    pub is_sqlite: bool,
    /// Where the cloud has its files.
    folder: Folder,
}

/// A folder that is gone with the site, or stays for the next time.
enum Folder {
    Temporary(TempDir),
    Kept(PathBuf),
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }
}

/// A customer's organization, and the access tokens of its people.
pub struct Customer {
    /// The organization.
    pub org: i64,
    /// One for each person.
    pub people: Vec<String>,
}

impl Site {
    /// Starts one with demo data: on SQLite below that folder, or in a new schema of that PostgreSQL database.
    pub async fn start(below: &Path, postgres: Option<&Url>, name: &str) -> Result<Self, Trouble> {
        let folder = Folder::Temporary(tempfile::tempdir_in(below)?);
        Self::start_in(folder, postgres, name).await
    }

    /// The same in a folder that stays, as does the schema: whatever is there is used.
    pub async fn start_kept(
        folder: PathBuf,
        postgres: Option<&Url>,
        name: &str,
    ) -> Result<Self, Trouble> {
        std::fs::create_dir_all(&folder)?;
        Self::start_in(Folder::Kept(folder), postgres, name).await
    }

    async fn start_in(folder: Folder, postgres: Option<&Url>, name: &str) -> Result<Self, Trouble> {
        sqlx::any::install_default_drivers();
        let mut config = Config::new(folder.path(), ([127, 0, 0, 1], 0).into());
        config.demo = true;
        let database = match postgres {
            Some(url) => {
                let is_kept = matches!(folder, Folder::Kept(_));
                let url = schema(url, name, is_kept).await?;
                config.database = Some(DatabaseUrl::parse(&url)?);
                url
            }
            None => format!("sqlite:{}", folder.path().join("cloud.db").display()),
        };
        Ok(Self {
            cloud: Cloud::start(config).await?,
            is_sqlite: postgres.is_none(),
            database,
            folder,
        })
    }

    /// The folder on the same file system as the database.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops it; the folder is gone then.
    pub async fn stop(self) {
        self.cloud.stop().await;
    }

    /// A connection past the cloud.
    pub async fn past(&self) -> Result<AnyConnection, Trouble> {
        Ok(AnyConnection::connect(&self.database).await?)
    }

    /// A connection of somebody with this access token.
    pub async fn connect(&self, access: &str) -> Result<Connection, Trouble> {
        Connection::open(&self.cloud.url(), access).await
    }

    /// The access token of one of the demo's people.
    pub async fn sign_in(&self, role: Role) -> Result<String, Trouble> {
        let demo = self.cloud.demo().ok_or(Trouble::Odd("no demo"))?;
        let user = demo.users.iter().find(|user| user.role == role);
        let user = user.ok_or(Trouble::Odd("a demo without that role"))?;
        self.sign_in_as(&user.email, user.password.expose()).await
    }

    async fn sign_in_as(&self, email: &str, password: &str) -> Result<String, Trouble> {
        let form = [
            ("grant_type", "user_credentials"),
            ("username", email),
            ("password", password),
        ];
        let mut connection = self.connect("").await?;
        let answer = connection.form("/oauth2/token", &form).await?.json()?;
        text(&answer["access_token"])
    }

    /// Makes customers with so many people each, over HTTP as the maker's administrator would.
    pub async fn customers(&self, count: usize, people: usize) -> Result<Vec<Customer>, Trouble> {
        let mut admin = self.connect(&self.sign_in(Role::Admin).await?).await?;
        let mut customers = Vec::with_capacity(count);
        for number in 0..count {
            let body = json!({ "name": format!("Customer {number}") });
            let made = admin.post("/create", &body).await?.json()?;
            let org = made["id"].as_i64().ok_or(Trouble::Odd("no id"))?;
            let mut access = Vec::with_capacity(people);
            for person in 0..people {
                let email = format!("p{person}@c{number}.example");
                access.push(self.person(&mut admin, &email, org).await?);
            }
            customers.push(Customer {
                org,
                people: access,
            });
        }
        Ok(customers)
    }

    async fn person(
        &self,
        admin: &mut Connection,
        email: &str,
        org: i64,
    ) -> Result<String, Trouble> {
        let body = json!({ "email": email, "name": "Somebody", "roleId": 3, "orgId": org });
        admin.post("/users/invite", &body).await?.json()?;
        let mails = admin.get_from("/api/mailbox?size=10").await?.json()?;
        let mails = mails["content"].as_array().cloned().unwrap_or_default();
        let mail = mails.iter().find(|mail| mail["to"] == email);
        let mail = mail.ok_or(Trouble::Odd("an invitation without a mail"))?;
        let path = format!("/api/mailbox/mail?id={}", mail["id"]);
        let link = text(&admin.get_from(&path).await?.json()?["links"][0])?;
        let code = link.split_once('#').map(|(_, code)| code);
        let follow = json!({ "code": code, "password": PASSWORD });
        admin.post_to("/api/link/follow", &follow).await?.json()?;
        self.sign_in_as(email, PASSWORD).await
    }

    /// Makes a batch, and gives its number once it is ready.
    pub async fn batch(&self, org: Option<i64>, count: usize) -> Result<i64, Trouble> {
        let mut admin = self.connect(&self.sign_in(Role::Admin).await?).await?;
        let name = format!("Batch of {count}");
        let mut body = json!({ "templateId": TEMPLATE, "name": name, "count": count });
        if let Some(org) = org {
            body["orgId"] = org.into();
        }
        let asked = admin.post("/static-tokens/batches", &body).await?.json()?;
        ready(&mut admin, &asked).await
    }

    /// Makes tokens one by one, and gives their labels.
    pub async fn generate(&self, org: Option<i64>, count: usize) -> Result<Vec<String>, Trouble> {
        let mut admin = self.connect(&self.sign_in(Role::Admin).await?).await?;
        let mut body = json!({ "templateId": TEMPLATE, "count": count });
        if let Some(org) = org {
            body["orgId"] = org.into();
        }
        let made = admin.post("/static-tokens/generate", &body).await?.json()?;
        let tokens = made["content"].as_array().into_iter().flatten();
        tokens.map(|token| text(&token["token"])).collect()
    }

    /// Makes a batch whose devices have these serial numbers, and gives its number, and each with its claim code.
    pub async fn identified(
        &self,
        org: Option<i64>,
        serials: Vec<String>,
    ) -> Result<(i64, Vec<(String, String)>), Trouble> {
        let mut admin = self.connect(&self.sign_in(Role::Admin).await?).await?;
        let org = org.map_or_else(String::new, |org| format!("&orgId={org}"));
        let path = format!(
            "/static-tokens/import?templateId={TEMPLATE}{org}&name=Batch%20{}\
             &identifierColumn=Serial&identifierKind=serial",
            serials[0]
        );
        let table = format!("Serial\n{}\n", serials.join("\n"));
        let asked = admin.table(&path, table).await?.json()?;
        let batch = ready(&mut admin, &asked["batch"]).await?;
        let codes = self.column(batch, "Claim Code").await?;
        Ok((batch, serials.into_iter().zip(codes).collect()))
    }

    /// The QR tokens of a batch, as its export has them.
    pub async fn labels(&self, batch: i64) -> Result<Vec<String>, Trouble> {
        self.column(batch, "QR Token").await
    }

    /// The auth tokens of a batch.
    pub async fn auth_tokens(&self, batch: i64) -> Result<Vec<String>, Trouble> {
        self.column(batch, "Auth Token").await
    }

    /// A column of a batch's export.
    async fn column(&self, batch: i64, title: &str) -> Result<Vec<String>, Trouble> {
        let mut admin = self.connect(&self.sign_in(Role::Admin).await?).await?;
        let mut file = Vec::new();
        let path = format!("/static-tokens/batch/export?batchId={batch}&images=none");
        admin
            .download(&path, |piece| file.extend_from_slice(piece))
            .await?;
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(file))?;
        let mut table = csv::Reader::from_reader(zip.by_index(0)?);
        let column = table.headers()?.iter().position(|name| name == title);
        let column = column.ok_or(Trouble::Odd("an export without that column"))?;
        let cell = |row: csv::StringRecord| row.get(column).map(str::to_owned);
        let rows = table.records().collect::<Result<Vec<_>, _>>()?;
        Ok(rows.into_iter().filter_map(cell).collect())
    }
}

/// The number of a batch that was asked for, once it is ready.
async fn ready(admin: &mut Connection, asked: &Value) -> Result<i64, Trouble> {
    let id = asked["id"].as_i64().ok_or(Trouble::Odd("no id"))?;
    let path = format!("/static-tokens/batch?batchId={id}");
    while admin.get(&path).await?.json()?["state"] != "ready" {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    Ok(id)
}

/// A text that must be there.
pub fn text(value: &Value) -> Result<String, Trouble> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or(Trouble::Odd("an answer without what was asked for"))
}

/// Makes a schema, anew unless what is there is kept, and the address under which a connection is in it.
async fn schema(url: &Url, name: &str, is_kept: bool) -> Result<String, Trouble> {
    let mut connection = AnyConnection::connect(url.as_str()).await?;
    let sql = match is_kept {
        true => format!("CREATE SCHEMA IF NOT EXISTS {name}"),
        false => format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}"),
    };
    connection
        .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
        .await?;
    let mut url = url.clone();
    url.query_pairs_mut()
        .append_pair("options[search_path]", name);
    Ok(url.into())
}
