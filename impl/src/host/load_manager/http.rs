//! Requests and responses of HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1 as client;
use hyper::header::{CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::http::request::Parts;
use hyper::server::conn::http1 as server;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::body::{Failure, Sent, Streamed};
use super::hub::{Directive, Hub, Ticket, number_of, number_of_text};
use super::tcp::connect;
use crate::load_manager::{Answer, Attempt, Message, Request as Asked, Server};

/// What is said between two neighbours, and goes no further.
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// How long things may take, and how much is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// To connect.
    pub(super) connect: Duration,
    /// From a request to the head of its response.
    pub(super) answer: Duration,
    /// Bytes of a request's body, and of a response's before it is passed on as it comes.
    pub(super) buffer: usize,
}

/// A request that can be sent more than once.
struct Kept {
    head: Parts,
    body: Bytes,
}

/// Serves one client's connection, request by request; once the proxy is to end, no further one.
pub(super) async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    hub: Hub,
    bounds: Bounds,
    mut closing: watch::Receiver<bool>,
) {
    let service = service_fn(|request| {
        let hub = hub.clone();
        async move { Ok::<_, Failure>(answer(request, peer, &hub, bounds).await) }
    });
    let mut builder = server::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(bounds.answer);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    // What goes wrong with the client's connection ends it, and nobody else minds.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = closing.wait_for(|is_closing| *is_closing) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

async fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    hub: &Hub,
    bounds: Bounds,
) -> Response<Sent> {
    let (head, body) = request.into_parts();
    if head.method == Method::CONNECT {
        return plain(StatusCode::NOT_IMPLEMENTED);
    }
    let is_too_long = body.size_hint().lower() > bounds.buffer as u64;
    if is_too_long {
        return plain(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let body = match timeout(bounds.answer, Limited::new(body, bounds.buffer).collect()).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            return plain(StatusCode::PAYLOAD_TOO_LARGE);
        }
        Ok(Err(_)) => return plain(StatusCode::BAD_REQUEST),
        Err(_) => return plain(StatusCode::REQUEST_TIMEOUT),
    };
    let asked = Asked {
        client: number_of(peer.ip()),
        content: number_of_text(head.uri.path()),
        is_idempotent: head.method.is_idempotent(),
        ..Asked::default()
    };
    let ticket = hub.ask(asked, peer.ip());
    settle(Kept { head, body }, ticket, bounds).await
}

/// Does what the balancer says until the request is answered.
///
/// Source: LOAD_MANAGER-48.
async fn settle(kept: Kept, mut ticket: Ticket, bounds: Bounds) -> Response<Sent> {
    loop {
        match ticket.next().await {
            Some(Directive::Connect { server, address, attempt }) => {
                let turn = Turn { server, address, attempt, bounds };
                match turn.take(&kept, ticket).await {
                    Ok(response) => return response,
                    Err(still_open) => ticket = still_open,
                }
            }
            Some(Directive::Referred { address }) => {
                let mut opened = || ();
                return match exchange(&kept, address, bounds, &mut opened).await {
                    Ok(response) => response.map(Sent::passed_on),
                    Err(_) => plain(StatusCode::BAD_GATEWAY),
                };
            }
            Some(Directive::Cut) => {}
            Some(Directive::Answered(answer)) => return refusal(answer),
            None => return plain(StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}

/// One attempt.
#[derive(Clone, Copy)]
struct Turn {
    server: Server,
    address: SocketAddr,
    attempt: Attempt,
    bounds: Bounds,
}

impl Turn {
    /// The response, or the ticket, if the request is still to be answered.
    async fn take(self, kept: &Kept, mut ticket: Ticket) -> Result<Response<Sent>, Ticket> {
        let Self { server, address, attempt, bounds } = self;
        let (opened, mut is_open) = tokio::sync::oneshot::channel();
        let mut opened = Some(opened);
        let mut tell = || {
            if let Some(opened) = opened.take() {
                // Whoever would hear of it does not wait any more.
                let _ = opened.send(());
            }
        };
        let mut was_sent = false;
        let exchanged = {
            let exchange = whole(kept, address, bounds, &mut tell);
            tokio::pin!(exchange);
            loop {
                tokio::select! {
                    biased;
                    Ok(()) = &mut is_open, if !was_sent => {
                        was_sent = true;
                        ticket.say(server, Message::Opened { attempt });
                    }
                    exchanged = &mut exchange => break exchanged,
                    // An order to end: the answer follows.
                    _ = ticket.next() => return Err(ticket),
                }
            }
        };
        if !was_sent && is_open.try_recv().is_ok() {
            was_sent = true;
            ticket.say(server, Message::Opened { attempt });
        }
        let Ok((mut head, start, rest)) = exchanged else {
            let message =
                if was_sent { Message::Reset { attempt } } else { Message::Refused { attempt } };
            ticket.say(server, message);
            return Err(ticket);
        };
        let end = if head.status.is_server_error() {
            Message::Failed { attempt }
        } else {
            Message::Done { attempt }
        };
        let body = match rest {
            None => {
                ticket.say(server, end);
                if kept.head.method != Method::HEAD {
                    // Of what has no body, such as a 304, the length is that of another response.
                    head.headers.remove(CONTENT_LENGTH);
                }
                Sent::whole(start)
            }
            Some(rest) => Sent::Streamed(Box::new(Streamed::new(start, rest, ticket, server, end))),
        };
        Ok(Response::from_parts(head, body))
    }
}

type Read = (hyper::http::response::Parts, Vec<Bytes>, Option<Incoming>);

/// The head of a response, its body as far as it fits, and the rest, if it does not.
async fn whole(
    kept: &Kept,
    address: SocketAddr,
    bounds: Bounds,
    opened: &mut (dyn FnMut() + Send),
) -> Result<Read, Failure> {
    let (head, mut rest) = exchange(kept, address, bounds, opened).await?.into_parts();
    let mut start = Vec::new();
    let mut length = 0;
    while length <= bounds.buffer {
        let frame = timeout(bounds.answer, rest.frame()).await?;
        let Some(frame) = frame else { return Ok((head, start, None)) };
        if let Ok(data) = frame?.into_data() {
            length += data.len();
            start.push(data);
        }
    }
    Ok((head, start, Some(rest)))
}

/// Sends a request and waits for the head of the response. Says when there is a connection.
async fn exchange(
    kept: &Kept,
    address: SocketAddr,
    bounds: Bounds,
    opened: &mut (dyn FnMut() + Send),
) -> Result<Response<Incoming>, Failure> {
    let stream = connect(address, bounds.connect).await?;
    opened();
    let (mut sender, connection) = client::handshake(TokioIo::new(stream)).await?;
    // The connection drives itself, and ends with the body of its only response.
    tokio::spawn(connection);
    let mut request = Request::new(Full::new(kept.body.clone()));
    *request.method_mut() = kept.head.method.clone();
    *request.uri_mut() = origin_form(&kept.head.uri);
    *request.headers_mut() = end_to_end(&kept.head.headers);
    request.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    let mut response = timeout(bounds.answer, sender.send_request(request)).await??;
    *response.headers_mut() = end_to_end(response.headers());
    Ok(response)
}

fn origin_form(uri: &Uri) -> Uri {
    uri.path_and_query().cloned().map_or_else(|| Uri::from_static("/"), Uri::from)
}

/// The headers that go further: not those between neighbours, which include all that the
/// `Connection` header names.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let named = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let named: Vec<String> =
        named.flat_map(|list| list.split(',')).map(|name| name.trim().to_lowercase()).collect();
    let goes_on = |name: &HeaderName| {
        let name = name.as_str();
        !HOP_BY_HOP.contains(&name) && !named.iter().any(|other| other == name)
    };
    let mut kept = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers.iter().filter(|(name, _)| goes_on(name)) {
        kept.append(name.clone(), value.clone());
    }
    kept
}

fn refusal(answer: Answer) -> Response<Sent> {
    let status = match answer {
        Answer::Shed | Answer::NoServer => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_GATEWAY,
    };
    let mut response = plain(status);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

fn plain(status: StatusCode) -> Response<Sent> {
    let reason = status.canonical_reason().unwrap_or_default();
    let mut response = Response::new(Sent::whole(vec![Bytes::from(format!("{reason}\n"))]));
    *response.status_mut() = status;
    response
}

/// Whether a server answers this path without an error.
///
/// Source: LOAD_MANAGER-2.
pub(super) async fn probe(address: SocketAddr, path: &Uri, bounds: Bounds) -> bool {
    let (mut head, ()) = Request::new(()).into_parts();
    head.uri = path.clone();
    if let Ok(host) = HeaderValue::from_str(&address.to_string()) {
        head.headers.insert(hyper::header::HOST, host);
    }
    let kept = Kept { head, body: Bytes::new() };
    let response = exchange(&kept, address, bounds, &mut || ()).await;
    response
        .is_ok_and(|response| response.status().is_success() || response.status().is_redirection())
}
