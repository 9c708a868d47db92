//! Strongly connected components, without recursion.

/// What the search walks over, and what it does with a component.
pub(super) trait Walk {
    /// The first successor at or after the cursor, and the cursor after it.
    fn successor(&self, node: u32, cursor: u32) -> Option<(u32, u32)>;

    /// Takes over one component, whose states are in ascending order.
    fn component(&mut self, nodes: &[u32]) -> Result<(), String>;
}

/// The index of a state that is not part of the walk, or whose component was handed over.
const CLOSED: u32 = u32::MAX;

/// The index of a state of the walk that was not discovered yet.
const OPEN: u32 = 0;

/// A state on the path of the search.
struct Frame {
    node: u32,
    cursor: u32,
    /// The lowest index known to be reachable from here.
    low: u32,
}

/// Tarjan's search. Its memory is used again by every walk.
pub(super) struct Tarjan {
    /// The order of discovery, from 1, or one of the two marks above. That a state is out of the
    /// walk shows here too, so that an edge costs one look.
    index: Vec<u32>,
    /// Discovered states whose component is not complete.
    stack: Vec<u32>,
    frames: Vec<Frame>,
    discovered: u32,
}

impl Tarjan {
    /// The most bytes that a search over so many states holds.
    pub(super) fn bytes(len: usize) -> u64 {
        (len * (3 * size_of::<u32>() + size_of::<Frame>())) as u64
    }

    pub(super) fn new(len: usize) -> Self {
        Self { index: vec![CLOSED; len], stack: Vec::new(), frames: Vec::new(), discovered: 0 }
    }

    /// Hands over every component of the graph that these states and the edges between them make.
    pub(super) fn walk(
        &mut self,
        nodes: impl Iterator<Item = u32> + Clone,
        walk: &mut impl Walk,
    ) -> Result<(), String> {
        for node in nodes.clone() {
            self.index[node as usize] = OPEN;
        }
        self.discovered = 0;
        for root in nodes {
            if self.index[root as usize] == OPEN {
                self.discover(root);
                self.search(walk)?;
            }
        }
        Ok(())
    }

    fn discover(&mut self, node: u32) {
        self.discovered += 1;
        self.index[node as usize] = self.discovered;
        self.stack.push(node);
        self.frames.push(Frame { node, cursor: 0, low: self.discovered });
    }

    fn search(&mut self, walk: &mut impl Walk) -> Result<(), String> {
        while let Some(frame) = self.frames.last_mut() {
            if let Some((next, cursor)) = walk.successor(frame.node, frame.cursor) {
                frame.cursor = cursor;
                match self.index[next as usize] {
                    CLOSED => {}
                    OPEN => self.discover(next),
                    // Whatever is discovered and not closed is still on the stack.
                    index => frame.low = frame.low.min(index),
                }
                continue;
            }
            let Frame { node, low, .. } = *frame;
            self.frames.pop();
            if let Some(parent) = self.frames.last_mut() {
                parent.low = parent.low.min(low);
            }
            if self.index[node as usize] == low {
                self.hand_over(node, walk)?;
            }
        }
        Ok(())
    }

    fn hand_over(&mut self, root: u32, walk: &mut impl Walk) -> Result<(), String> {
        let begin = self.stack.iter().rposition(|&node| node == root).unwrap_or(0);
        for &node in &self.stack[begin..] {
            self.index[node as usize] = CLOSED;
        }
        self.stack[begin..].sort_unstable();
        walk.component(&self.stack[begin..])?;
        self.stack.truncate(begin);
        Ok(())
    }
}
