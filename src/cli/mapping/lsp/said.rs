//! Findings and answers in the words of the protocol.

use tower_lsp_server::ls_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Diagnostic, DiagnosticSeverity,
    DocumentSymbol, Documentation, MarkupContent, MarkupKind, NumberOrString, Position, Range,
    SymbolKind, TextEdit,
};

use crate::mapping::assist::{Proposal, ProposalKind, Symbol};
use crate::mapping::{Diagnostic as Problematic, Weight};
use crate::messages;
use crate::model::Language;
use crate::operations::library::Problem;

use super::desk::Sheet;
use super::position::Lines;

/// The problems of a document as an editor shows them.
pub fn diagnostics(sheet: &Sheet) -> Vec<Diagnostic> {
    let Some(text) = sheet.text.as_deref() else {
        let message = messages::text(sheet.language, "lsp-too-long", &[]);
        return vec![finding(Range::default(), DiagnosticSeverity::ERROR, message)];
    };
    let lines = Lines::of(text);
    let problems = sheet.problems(text).unwrap_or_default();
    problems.iter().map(|problem| diagnostic(problem, text, &lines, sheet.language)).collect()
}

fn diagnostic(problem: &Problem, text: &str, lines: &Lines, language: Language) -> Diagnostic {
    match problem {
        Problem::Mapping { diagnostic, .. } => of_mapping(diagnostic, text, lines, language),
        Problem::Document(problem) => {
            let line = problem.line.unwrap_or(1).saturating_sub(1);
            let place = match problem.pointer.as_str() {
                "" => problem.fault.say(language),
                pointer => format!("{pointer}: {}", problem.fault.say(language)),
            };
            finding(whole_line(text, line), DiagnosticSeverity::ERROR, place)
        }
        Problem::File(_) => {
            let message = messages::text(language, "lsp-unknown-kind", &[]);
            finding(whole_line(text, 0), DiagnosticSeverity::ERROR, message)
        }
        Problem::Schema(_) | Problem::Missing(_) => {
            finding(whole_line(text, 0), DiagnosticSeverity::ERROR, problem.to_string())
        }
    }
}

/// A problem of a mapping, with the nearest name behind what is wrong.
pub fn of_mapping(
    problem: &Problematic,
    text: &str,
    lines: &Lines,
    language: Language,
) -> Diagnostic {
    let severity = match problem.weight {
        Weight::Error => DiagnosticSeverity::ERROR,
        Weight::Warning => DiagnosticSeverity::WARNING,
    };
    let message = problem.message(language);
    let message = match problem.help(language) {
        Some(help) => format!("{message}\n{help}"),
        None => message,
    };
    let code = NumberOrString::String(problem.code.number().to_owned());
    let found = finding(lines.range(text, &problem.span), severity, message);
    Diagnostic { code: Some(code), ..found }
}

fn finding(range: Range, severity: DiagnosticSeverity, message: String) -> Diagnostic {
    Diagnostic {
        range,
        severity: Some(severity),
        source: Some("dankun".to_owned()),
        message,
        ..Diagnostic::default()
    }
}

/// A line from 0, to its end.
fn whole_line(text: &str, line: usize) -> Range {
    let units = text.lines().nth(line).unwrap_or_default().chars().map(char::len_utf16).sum();
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Range::new(Position::new(number(line), 0), Position::new(number(line), number(units)))
}

/// A proposal; its place in the list is kept by `sort_text`.
pub fn completion(at: usize, proposal: Proposal, text: &str, lines: &Lines) -> CompletionItem {
    let kind = match proposal.kind {
        ProposalKind::Key => CompletionItemKind::KEYWORD,
        ProposalKind::Verb | ProposalKind::Function => CompletionItemKind::FUNCTION,
        ProposalKind::Target => CompletionItemKind::PROPERTY,
        ProposalKind::Source => CompletionItemKind::FIELD,
        ProposalKind::Name => CompletionItemKind::VARIABLE,
        ProposalKind::Table => CompletionItemKind::MODULE,
        ProposalKind::Code => CompletionItemKind::ENUM_MEMBER,
    };
    let range = lines.range(text, &proposal.replace);
    // Editors compare this with what stands in the replaced range, quotes and all.
    let filter = proposal.insert.trim_start().to_owned();
    CompletionItem {
        kind: Some(kind),
        detail: (!proposal.detail.is_empty()).then_some(proposal.detail),
        documentation: (!proposal.meaning.is_empty()).then(|| markdown(proposal.meaning)),
        sort_text: Some(format!("{at:04}")),
        filter_text: (filter != proposal.label).then_some(filter),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(range, proposal.insert))),
        label: proposal.label,
        ..CompletionItem::default()
    }
}

fn markdown(value: String) -> Documentation {
    Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value })
}

/// A part of a file.
pub fn symbol(symbol: Symbol, text: &str, lines: &Lines) -> DocumentSymbol {
    let parts: Vec<_> =
        symbol.parts.into_iter().map(|part| self::symbol(part, text, lines)).collect();
    #[expect(deprecated, reason = "a field without default of the protocol's struct")]
    DocumentSymbol {
        name: if symbol.name.is_empty() { "…".to_owned() } else { symbol.name },
        detail: None,
        kind: if parts.is_empty() { SymbolKind::KEY } else { SymbolKind::OBJECT },
        tags: None,
        deprecated: None,
        range: lines.range(text, &symbol.span),
        selection_range: lines.range(text, &symbol.name_span),
        children: (!parts.is_empty()).then_some(parts),
    }
}
