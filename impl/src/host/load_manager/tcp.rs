//! Connections of which nothing is known but bytes.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::http::Bounds;
use super::hub::{Directive, Hub, Ticket, number_of};
use crate::load_manager::{Attempt, Message, Request, Server};

/// How much is read at a time.
const CHUNK: usize = 16 << 10;

/// Whose fault it is that bytes do not flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Broken {
    Client,
    Server,
}

/// Connects within this time.
pub(super) async fn connect(address: SocketAddr, most: Duration) -> io::Result<TcpStream> {
    let stream = timeout(most, TcpStream::connect(address)).await??;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// One client's connection, from its beginning to its end. It may be sent elsewhere only while no
/// byte has gone to a server.
///
/// Source: LOAD_MANAGER-48.
pub(super) async fn serve(mut client: TcpStream, peer: SocketAddr, hub: Hub, bounds: Bounds) {
    let number = number_of(peer.ip());
    let request = Request { client: number, content: number, ..Request::default() };
    let mut ticket = hub.ask(request, peer.ip());
    loop {
        match ticket.next().await {
            Some(Directive::Connect { server, address, attempt }) => {
                let goes_on =
                    relay(&mut client, &mut ticket, server, address, attempt, bounds).await;
                if !goes_on {
                    return;
                }
            }
            Some(Directive::Referred { address }) => {
                // On its own: what goes wrong is for the client to see.
                if let Ok(mut stream) = connect(address, bounds.connect).await {
                    let _ = both_ways(&mut client, &mut stream, bounds.answer).await;
                }
                return;
            }
            Some(Directive::Cut) => {}
            Some(Directive::Answered(_)) | None => return,
        }
    }
}

/// Whether the request is still to be answered.
async fn relay(
    client: &mut TcpStream,
    ticket: &mut Ticket,
    server: Server,
    address: SocketAddr,
    attempt: Attempt,
    bounds: Bounds,
) -> bool {
    let connected = tokio::select! {
        connected = connect(address, bounds.connect) => connected,
        _ = ticket.next() => return true,
    };
    let Ok(mut stream) = connected else {
        ticket.say(server, Message::Refused { attempt });
        return true;
    };
    ticket.say(server, Message::Opened { attempt });
    tokio::select! {
        end = both_ways(client, &mut stream, bounds.answer) => match end {
            Ok(()) => ticket.say(server, Message::Done { attempt }),
            Err(Broken::Server) => ticket.say(server, Message::Reset { attempt }),
            // Dropping the ticket says so.
            Err(Broken::Client) => return false,
        },
        _ = ticket.next() => {}
    }
    true
}

/// Passes bytes on until both sides have ended. Once the server has, nothing is to come of what the
/// client still says, and it may say so for a while only.
async fn both_ways(
    client: &mut TcpStream,
    server: &mut TcpStream,
    linger: Duration,
) -> Result<(), Broken> {
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let there = pipe(&mut from_client, &mut to_server, Broken::Client, Broken::Server);
    let back = pipe(&mut from_server, &mut to_client, Broken::Server, Broken::Client);
    tokio::pin!(there, back);
    tokio::select! {
        end = &mut there => {
            end?;
            back.await
        }
        end = &mut back => {
            end?;
            // The answer is complete, whatever becomes of the rest.
            let _ = timeout(linger, there).await;
            Ok(())
        }
    }
}

async fn pipe(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    reading: Broken,
    writing: Broken,
) -> Result<(), Broken> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = from.read(&mut buffer).await.map_err(|_| reading)?;
        if count == 0 {
            return to.shutdown().await.map_err(|_| writing);
        }
        to.write_all(&buffer[..count]).await.map_err(|_| writing)?;
    }
}
