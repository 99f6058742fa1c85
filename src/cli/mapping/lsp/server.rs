//! The requests of the editor.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{
    CodeAction, CodeActionKind, CodeActionOptions, CodeActionOrCommand, CodeActionParams,
    CodeActionProviderCapability, CodeActionResponse, CompletionOptions, CompletionParams,
    CompletionResponse, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams,
    DocumentSymbolParams, DocumentSymbolResponse, GotoDefinitionParams, GotoDefinitionResponse,
    Hover, HoverContents, HoverParams, HoverProviderCapability, InitializeParams, InitializeResult,
    Location, MarkupContent, MarkupKind, OneOf, PositionEncodingKind, Range, ServerCapabilities,
    ServerInfo, TextDocumentPositionParams, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, TextDocumentSyncSaveOptions, TextEdit, Uri, WorkspaceEdit,
};
use tower_lsp_server::{Client, LanguageServer};

use crate::mapping::assist::{self, Assist, Fix};
use crate::operations::library::Problem;

use super::desk::{Desk, Sheet};
use super::position::Lines;
use super::{checker, said};

/// The server of one editor.
pub struct MappingServer {
    client: Client,
    desk: Arc<Desk>,
}

impl MappingServer {
    /// With an editor to speak to.
    pub const fn new(client: Client, desk: Arc<Desk>) -> Self {
        Self { client, desk }
    }

    /// The editor.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Answers about a place with whatever `ask` finds there.
    fn at<T>(
        &self,
        place: &TextDocumentPositionParams,
        ask: impl FnOnce(&Sheet, &Assist<'_>, &str, &Lines) -> Option<T>,
    ) -> Option<T> {
        let sheet = self.desk.sheet(&place.text_document.uri)?;
        let text = sheet.text.clone()?;
        let lines = Lines::of(&text);
        let offset = lines.offset(&text, place.position);
        let assist = Assist::new(&text, offset, sheet.bench.library(), sheet.language);
        ask(&sheet, &assist, &text, &lines)
    }

    /// The place of a definition: in the document itself, or in the file of a shared table.
    fn location(&self, uri: &Uri, found: &assist::Definition, sheet: &Sheet) -> Option<Location> {
        let Some(codes) = &found.codes else {
            let text = sheet.text.as_deref()?;
            let range = Lines::of(text).range(text, &found.span);
            return Some(Location::new(uri.clone(), range));
        };
        let file = sheet.bench.codes(codes)?;
        let range = Lines::of(&file.text).range(&file.text, &found.span);
        Some(Location::new(self.desk.on_disk(&file.path)?, range))
    }

    fn fixes(&self, uri: &Uri, range: Range) -> Option<Vec<CodeActionOrCommand>> {
        let sheet = self.desk.sheet(uri)?;
        let text = sheet.text.as_deref()?;
        let lines = Lines::of(text);
        let problems: Vec<_> = sheet
            .problems(text)?
            .into_iter()
            .filter_map(|problem| match problem {
                Problem::Mapping { diagnostic, .. } => Some(*diagnostic),
                Problem::File(_)
                | Problem::Schema(_)
                | Problem::Document(_)
                | Problem::Missing(_) => None,
            })
            .collect();
        let fixes = assist::corrections(&problems, &lines.span(text, range), sheet.language);
        let action = |fix: Fix| {
            let mended = problems.get(fix.problem);
            let mended = mended.map(|p| said::of_mapping(p, text, &lines, sheet.language));
            let edit = |edit: &assist::Edit| {
                TextEdit::new(lines.range(text, &edit.span), edit.text.clone())
            };
            let edits: Vec<_> = fix.edits.iter().map(edit).collect();
            CodeActionOrCommand::CodeAction(CodeAction {
                title: fix.title,
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: mended.map(|mended| vec![mended]),
                edit: Some(WorkspaceEdit::new(HashMap::from([(uri.clone(), edits)]))),
                ..CodeAction::default()
            })
        };
        Some(fixes.into_iter().map(action).collect())
    }
}

impl LanguageServer for MappingServer {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let folders = params.workspace_folders.iter().flatten();
        #[expect(deprecated, reason = "editors without folders still send it")]
        let root = folders.map(|folder| &folder.uri).chain(&params.root_uri).next();
        let root = root.and_then(Uri::to_file_path).map(PathBuf::from);
        self.desk.welcome(params.locale.as_deref(), root);
        Ok(InitializeResult {
            capabilities: capabilities(),
            server_info: Some(ServerInfo {
                name: "dankun".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
            offset_encoding: None,
        })
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.desk.open(document.uri, document.version, &document.text);
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        self.desk.change(&document.uri, document.version, &params.content_changes);
    }

    async fn did_save(&self, _: DidSaveTextDocumentParams) {
        self.desk.reload();
    }

    async fn did_change_watched_files(&self, _: DidChangeWatchedFilesParams) {
        self.desk.reload();
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.desk.close(&params.text_document.uri);
        checker::forget(&self.client, params.text_document.uri).await;
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        Ok(self.at(&params.text_document_position, |_, assist, text, lines| {
            let found = assist.complete().into_iter().enumerate();
            let items = found.map(|(at, proposal)| said::completion(at, proposal, text, lines));
            Some(CompletionResponse::Array(items.collect()))
        }))
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        Ok(self.at(&params.text_document_position_params, |_, assist, text, lines| {
            let found = assist.hover()?;
            let content = MarkupContent { kind: MarkupKind::Markdown, value: found.text };
            let range = Some(lines.range(text, &found.span));
            Some(Hover { contents: HoverContents::Markup(content), range })
        }))
    }

    async fn goto_definition(
        &self,
        params: GotoDefinitionParams,
    ) -> Result<Option<GotoDefinitionResponse>> {
        let place = params.text_document_position_params;
        Ok(self.at(&place, |sheet, assist, _, _| {
            let found = assist.definition()?;
            let location = self.location(&place.text_document.uri, &found, sheet)?;
            Some(GotoDefinitionResponse::Scalar(location))
        }))
    }

    async fn document_symbol(
        &self,
        params: DocumentSymbolParams,
    ) -> Result<Option<DocumentSymbolResponse>> {
        let start = TextDocumentPositionParams::new(params.text_document, Default::default());
        Ok(self.at(&start, |_, assist, text, lines| {
            let symbols = assist.symbols().into_iter();
            let symbols = symbols.map(|symbol| said::symbol(symbol, text, lines)).collect();
            Some(DocumentSymbolResponse::Nested(symbols))
        }))
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        Ok(self.fixes(&params.text_document.uri, params.range))
    }
}

/// What the server can do.
fn capabilities() -> ServerCapabilities {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(TextDocumentSyncSaveOptions::Supported(true)),
        ..TextDocumentSyncOptions::default()
    };
    let triggers = [" ", ":", "{", "[", "\"", "'", "`", ".", "@"].map(str::to_owned).to_vec();
    ServerCapabilities {
        position_encoding: Some(PositionEncodingKind::UTF16),
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(triggers),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
            ..CodeActionOptions::default()
        })),
        ..ServerCapabilities::default()
    }
}
