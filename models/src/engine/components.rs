//! Strongly connected components, without recursion.

/// What the search walks over, and what it does with a component.
pub(super) trait Walk {
    /// Whether the state belongs to the part being walked and to no component handed over so far.
    fn is_open(&self, node: u32) -> bool;

    /// The first open successor at or after the cursor, and the cursor after it.
    fn successor(&self, node: u32, cursor: u32) -> Option<(u32, u32)>;

    /// Takes over one component, whose states must no longer be open afterwards.
    fn component(&mut self, nodes: &[u32]) -> Result<(), String>;
}

/// A state on the path of the search.
struct Frame {
    node: u32,
    cursor: u32,
    /// The lowest index known to be reachable from here.
    low: u32,
}

/// Tarjan's search. Its memory is used again by every walk.
pub(super) struct Tarjan {
    /// The order of discovery, from 1; 0 for a state that was not discovered by this walk.
    index: Vec<u32>,
    /// Discovered states whose component is not complete.
    stack: Vec<u32>,
    frames: Vec<Frame>,
}

impl Tarjan {
    /// The most bytes that a search over so many states holds.
    pub(super) fn bytes(len: usize) -> u64 {
        (len * (2 * size_of::<u32>() + size_of::<Frame>())) as u64
    }

    pub(super) fn new(len: usize) -> Self {
        Self { index: vec![0; len], stack: Vec::new(), frames: Vec::new() }
    }

    /// Hands over every component of the open states that can be reached from the roots.
    pub(super) fn walk(
        &mut self,
        roots: impl IntoIterator<Item = u32>,
        walk: &mut impl Walk,
    ) -> Result<(), String> {
        let mut discovered = 0;
        for root in roots {
            if walk.is_open(root) {
                self.discover(root, &mut discovered);
                self.search(walk, &mut discovered)?;
            }
        }
        Ok(())
    }

    fn discover(&mut self, node: u32, discovered: &mut u32) {
        *discovered += 1;
        self.index[node as usize] = *discovered;
        self.stack.push(node);
        self.frames.push(Frame { node, cursor: 0, low: *discovered });
    }

    fn search(&mut self, walk: &mut impl Walk, discovered: &mut u32) -> Result<(), String> {
        while let Some(frame) = self.frames.last_mut() {
            if let Some((next, cursor)) = walk.successor(frame.node, frame.cursor) {
                frame.cursor = cursor;
                match self.index[next as usize] {
                    0 => self.discover(next, discovered),
                    // Whatever is open and discovered is still on the stack.
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
        let above = self.stack.iter().rposition(|&node| node == root);
        let component = self.stack.split_off(above.unwrap_or(0));
        for &node in &component {
            self.index[node as usize] = 0;
        }
        walk.component(&component)
    }
}
