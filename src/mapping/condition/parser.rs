//! From words to a typed test, by recursive descent.

use std::ops::Range;

use regex::RegexBuilder;

use super::lexer::{Kind, Token, tokens};
use super::{Condition, ConditionError, Literal, Operand, Operator, PathUse, Problem, Test};

/// Brackets and `!` in a row: more is not a condition that a person wrote, and each costs stack.
const MOST_LEVELS: usize = 64;

/// Bytes that one compiled pattern may take; a pattern beyond it is an attack or a mistake.
const PATTERN_SIZE: usize = 1 << 20;

/// Parses a whole condition.
pub(super) fn parse(text: &str) -> Result<Condition, ConditionError> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, paths: Vec::new(), depth: 0 };
    let root = parser.or()?;
    let root = parser.test(root)?;
    match parser.peek() {
        Kind::End => Ok(Condition { root, paths: parser.paths }),
        _ => Err(parser.unexpected("the end, `&&` or `||`")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    paths: Vec<PathUse>,
    depth: usize,
}

/// A piece whose kind is not settled yet, with its place.
struct Piece {
    is: Is,
    span: Range<usize>,
}

enum Is {
    Test(Test),
    Operand(Operand),
}

impl Piece {
    fn kind(&self) -> &'static str {
        match &self.is {
            Is::Test(_) | Is::Operand(Operand::Literal(Literal::Boolean(_))) => "boolean",
            Is::Operand(Operand::Path(_)) => "value",
            Is::Operand(Operand::Size(_) | Operand::Literal(Literal::Number(_))) => "number",
            Is::Operand(Operand::Literal(Literal::Text(_))) => "text",
            Is::Operand(Operand::Literal(Literal::Null)) => "null",
        }
    }
}

type Parsed<T> = Result<T, ConditionError>;

impl Parser {
    fn token(&self) -> &Token {
        // The lexer always ends with `End`, and `next` never moves past it.
        self.tokens.get(self.at).or(self.tokens.last()).expect("a condition has at least its end")
    }

    fn peek(&self) -> &Kind {
        &self.token().kind
    }

    fn next(&mut self) -> Token {
        let token = self.token().clone();
        self.at += usize::from(token.kind != Kind::End);
        token
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Kind::Sign(found) if *found == sign);
        self.at += usize::from(found);
        found
    }

    fn needs(&mut self, sign: &str, expected: &'static str) -> Parsed<()> {
        if self.takes(sign) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn unexpected(&self, expected: &'static str) -> ConditionError {
        let Token { kind, span } = self.token();
        ConditionError {
            span: span.clone(),
            problem: Problem::Unexpected { expected, found: kind.shown() },
        }
    }

    fn or(&mut self) -> Parsed<Piece> {
        self.series("||", Self::and, Test::Any)
    }

    fn and(&mut self) -> Parsed<Piece> {
        self.series("&&", Self::not, Test::All)
    }

    fn series(
        &mut self,
        sign: &str,
        part: fn(&mut Self) -> Parsed<Piece>,
        join: fn(Vec<Test>) -> Test,
    ) -> Parsed<Piece> {
        let first = part(self)?;
        if !matches!(self.peek(), Kind::Sign(found) if *found == sign) {
            return Ok(first);
        }
        let start = first.span.start;
        let mut end = first.span.end;
        let mut tests = vec![self.test(first)?];
        while self.takes(sign) {
            let piece = part(self)?;
            end = piece.span.end;
            tests.push(self.test(piece)?);
        }
        Ok(Piece { is: Is::Test(join(tests)), span: start..end })
    }

    fn not(&mut self) -> Parsed<Piece> {
        let start = self.token().span.start;
        if !self.takes("!") {
            return self.compare();
        }
        self.deeper(start)?;
        let piece = self.not()?;
        self.depth -= 1;
        let span = start..piece.span.end;
        let test = self.test(piece)?;
        Ok(Piece { is: Is::Test(Test::Not(Box::new(test))), span })
    }

    fn deeper(&mut self, at: usize) -> Parsed<()> {
        self.depth += 1;
        if self.depth > MOST_LEVELS {
            return Err(ConditionError {
                span: at..at + 1,
                problem: Problem::TooDeep(MOST_LEVELS),
            });
        }
        Ok(())
    }

    fn compare(&mut self) -> Parsed<Piece> {
        let left = self.value()?;
        let operator = match self.peek() {
            Kind::Sign("==") => Operator::Equal,
            Kind::Sign("!=") => Operator::NotEqual,
            Kind::Sign("<") => Operator::Less,
            Kind::Sign("<=") => Operator::LessOrEqual,
            Kind::Sign(">") => Operator::Greater,
            Kind::Sign(">=") => Operator::GreaterOrEqual,
            Kind::Word(word) if word == "in" => return self.list(left),
            _ => return Ok(left),
        };
        self.next();
        let right = self.value()?;
        let span = left.span.start..right.span.end;
        let test = comparison(left, operator, right)?;
        Ok(Piece { is: Is::Test(test), span })
    }

    /// `path in [literal, …]`, or `text in path` where the path is a list of texts.
    fn list(&mut self, left: Piece) -> Parsed<Piece> {
        if let Is::Operand(Operand::Literal(Literal::Text(text))) = left.is {
            self.next();
            let list = self.value()?;
            let Is::Operand(Operand::Path(path)) = list.is else {
                let problem = Problem::Unexpected {
                    expected: "a field that is a list",
                    found: format!("a {}", list.kind()),
                };
                return Err(ConditionError { span: list.span, problem });
            };
            let span = left.span.start..list.span.end;
            return Ok(Piece { is: Is::Test(Test::Holds(path, text)), span });
        }
        let Is::Operand(Operand::Path(path)) = left.is else {
            return Err(self.unexpected("a comparison; only a path can be `in` a list"));
        };
        self.next();
        self.needs("[", "`[`")?;
        let mut literals = Vec::new();
        loop {
            match literal(self.peek()) {
                Some(literal) => literals.push(literal),
                None => return Err(self.unexpected("a text, a number, true, false or null")),
            }
            self.next();
            if !self.takes(",") {
                break;
            }
        }
        let end = self.token().span.end;
        self.needs("]", "`,` or `]`")?;
        Ok(Piece { is: Is::Test(Test::In(path, literals)), span: left.span.start..end })
    }

    fn value(&mut self) -> Parsed<Piece> {
        let span = self.token().span.clone();
        if self.takes("(") {
            self.deeper(span.start)?;
            let inner = self.or()?;
            self.depth -= 1;
            let end = self.token().span.end;
            self.needs(")", "`)`")?;
            return Ok(Piece { is: inner.is, span: span.start..end });
        }
        if let Some(literal) = literal(self.peek()) {
            self.next();
            return Ok(Piece { is: Is::Operand(Operand::Literal(literal)), span });
        }
        match self.peek() {
            Kind::Word(_) | Kind::Quoted(_) => self.call_or_path(span.start),
            _ => Err(self.unexpected("a field, a text, a number or a bracket")),
        }
    }

    fn call_or_path(&mut self, start: usize) -> Parsed<Piece> {
        let first = self.next();
        if matches!(self.peek(), Kind::Sign("(")) {
            let Kind::Word(function) = &first.kind else {
                return Err(self.unexpected("an operator"));
            };
            let make: fn(usize) -> Is = match function.as_str() {
                "has" => |path| Is::Test(Test::Has(path)),
                "size" => |path| Is::Operand(Operand::Size(path)),
                _ => {
                    let problem = Problem::Function(function.clone());
                    return Err(ConditionError { span: first.span, problem });
                }
            };
            self.next();
            let inner = self.value()?;
            let Is::Operand(Operand::Path(path)) = inner.is else {
                let problem = Problem::Unexpected {
                    expected: "a field",
                    found: format!("a {}", inner.kind()),
                };
                return Err(ConditionError { span: inner.span, problem });
            };
            let end = self.token().span.end;
            self.needs(")", "`)`")?;
            return Ok(Piece { is: make(path), span: start..end });
        }
        self.path(first)
    }

    /// A path, perhaps with one of the text functions at its end.
    fn path(&mut self, first: Token) -> Parsed<Piece> {
        let mut span = first.span;
        let (Kind::Word(mut path) | Kind::Quoted(mut path)) = first.kind else {
            return Err(self.unexpected("a field"));
        };
        loop {
            if let Kind::Selector(selector) = self.peek() {
                path.push_str(selector);
                span.end = self.next().span.end;
            } else if self.takes(".") {
                let name = self.next();
                let called = matches!(self.peek(), Kind::Sign("("));
                match name.kind {
                    Kind::Word(function) if called => {
                        let index = self.index(path, span.clone());
                        return self.text_function(index, &function, span.start..name.span.end);
                    }
                    Kind::Word(word) | Kind::Quoted(word) => {
                        path.push('.');
                        path.push_str(&word);
                        span.end = name.span.end;
                    }
                    _ => {
                        let problem =
                            Problem::Unexpected { expected: "a name", found: name.kind.shown() };
                        return Err(ConditionError { span: name.span, problem });
                    }
                }
            } else {
                let index = self.index(path, span.clone());
                return Ok(Piece { is: Is::Operand(Operand::Path(index)), span });
            }
        }
    }

    fn text_function(&mut self, path: usize, function: &str, span: Range<usize>) -> Parsed<Piece> {
        self.needs("(", "`(`")?;
        let argument = self.next();
        let Kind::Text(text) = argument.kind else {
            let problem = Problem::Unexpected { expected: "a text", found: argument.kind.shown() };
            return Err(ConditionError { span: argument.span, problem });
        };
        let test = match function {
            "startsWith" => Test::StartsWith(path, text),
            "endsWith" => Test::EndsWith(path, text),
            "contains" => Test::Contains(path, text),
            "matches" => RegexBuilder::new(&text)
                .size_limit(PATTERN_SIZE)
                .build()
                .map(|pattern| Test::Matches(path, pattern))
                .map_err(|error| ConditionError {
                    span: argument.span,
                    problem: Problem::Pattern(error.to_string()),
                })?,
            _ => {
                return Err(ConditionError {
                    span,
                    problem: Problem::Function(function.to_owned()),
                });
            }
        };
        let end = self.token().span.end;
        self.needs(")", "`)`")?;
        Ok(Piece { is: Is::Test(test), span: span.start..end })
    }

    fn index(&mut self, path: String, span: Range<usize>) -> usize {
        self.paths.iter().position(|known| known.path == path).unwrap_or_else(|| {
            self.paths.push(PathUse { path, span });
            self.paths.len() - 1
        })
    }

    fn test(&self, piece: Piece) -> Parsed<Test> {
        match piece.is {
            Is::Test(test) => Ok(test),
            Is::Operand(Operand::Path(path)) => Ok(Test::Truth(path)),
            Is::Operand(Operand::Literal(Literal::Boolean(value))) => Ok(Test::Constant(value)),
            Is::Operand(_) => {
                let problem = Problem::NotATest(piece.kind());
                Err(ConditionError { span: piece.span, problem })
            }
        }
    }
}

fn literal(kind: &Kind) -> Option<Literal> {
    match kind {
        Kind::Text(text) => Some(Literal::Text(text.clone())),
        Kind::Number(digits) => digits.parse().ok().map(Literal::Number),
        Kind::Word(word) => match word.as_str() {
            "true" => Some(Literal::Boolean(true)),
            "false" => Some(Literal::Boolean(false)),
            "null" => Some(Literal::Null),
            _ => None,
        },
        _ => None,
    }
}

fn comparison(left: Piece, operator: Operator, right: Piece) -> Parsed<Test> {
    let span = left.span.start..right.span.end;
    let (a, b) = (left.kind(), right.kind());
    let fail = |problem| Err(ConditionError { span: span.clone(), problem });
    // A path may be compared with anything, the rest only with its own kind.
    if a != b && a != "value" && b != "value" {
        return fail(Problem::Types(a, b));
    }
    let ordered = !matches!(operator, Operator::Equal | Operator::NotEqual);
    for kind in [a, b] {
        if ordered && matches!(kind, "boolean" | "null") {
            return fail(Problem::NoOrder(kind));
        }
    }
    match (left.is, right.is) {
        (Is::Operand(left), Is::Operand(right)) => Ok(Test::Compare { left, operator, right }),
        (Is::Test(_), _) | (_, Is::Test(_)) => fail(Problem::Unexpected {
            expected: "`&&`, `||` or `!` between conditions",
            found: "a comparison of them".to_owned(),
        }),
    }
}
