//! The page as a browser without a script sees it, through a real port, on both databases.

#![allow(clippy::unwrap_used)]

#[path = "ui/browser.rs"]
mod browser;
mod cluster;
#[path = "ui/door.rs"]
mod door;
#[path = "ui/institution.rs"]
mod institution;
mod invented;
#[path = "ui/office.rs"]
mod office;
#[path = "http/server.rs"]
mod server;
#[path = "ui/sign_on.rs"]
mod sign_on;
#[path = "ui/views.rs"]
mod views;
#[path = "ui/work.rs"]
mod work;
#[path = "ui/workshop.rs"]
mod workshop;
