//! A binary tree of thresholds that sorts rows into leaves (Breiman et al. 1984, "CART").

/// One question, or the answer to the last.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Node {
    /// Whether feature `feature` is above `threshold`: node `children` if not, and the next if it is.
    Split {
        feature: u32,
        threshold: f32,
        children: u32,
    },
    /// The number of the leaf.
    Leaf(u32),
}

/// A tree. Its leaves are numbered from 0; what they mean is in the hands of whoever grew it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    leaves: u32,
}

/// Where a leaf stands in its tree, while the tree grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(u32);

impl Tree {
    /// A tree of one leaf, number 0, and its place.
    pub(crate) fn new() -> (Self, Place) {
        let nodes = vec![Node::Leaf(0)];
        (Self { nodes, leaves: 1 }, Place(0))
    }

    /// Puts a question in place of a leaf. Rows whose value is up to `threshold` keep the leaf's
    /// number; others have a new one, the next. Gives the places of both.
    pub(crate) fn split(&mut self, leaf: Place, feature: usize, threshold: f32) -> [Place; 2] {
        let children = self.nodes.len() as u32;
        let old = self.nodes[leaf.0 as usize];
        self.nodes[leaf.0 as usize] = Node::Split {
            feature: feature as u32,
            threshold,
            children,
        };
        self.nodes.extend([old, Node::Leaf(self.leaves)]);
        self.leaves += 1;
        [Place(children), Place(children + 1)]
    }

    /// The number of a growing tree's leaf.
    ///
    /// # Panics
    /// If it was split.
    pub(crate) fn number(&self, leaf: Place) -> usize {
        match self.nodes[leaf.0 as usize] {
            Node::Leaf(number) => number as usize,
            Node::Split { .. } => unreachable!("a leaf that was split is none"),
        }
    }

    /// How many leaves there are.
    pub(crate) fn leaves(&self) -> usize {
        self.leaves as usize
    }

    /// How many questions there are.
    pub(crate) fn splits(&self) -> usize {
        self.leaves() - 1
    }

    /// The splits in the order in which they were made: the number of the leaf, the feature, the threshold.
    pub(crate) fn steps(&self) -> Vec<(usize, usize, f32)> {
        let mut numbers = vec![0; self.nodes.len()];
        let mut steps = vec![(0, 0, 0.0); self.splits()];
        // A node stands before its children, and the pair of children of split k at 2k + 1 and 2k + 2.
        for (index, node) in self.nodes.iter().enumerate() {
            if let &Node::Split {
                feature,
                threshold,
                children,
            } = node
            {
                let children = children as usize;
                let split = children / 2;
                numbers[children] = numbers[index];
                numbers[children + 1] = split + 1;
                steps[split] = (numbers[index], feature as usize, threshold);
            }
        }
        steps
    }

    /// The tree whose splits were made in this order; none if a leaf is not there when it is split.
    pub(crate) fn of_steps(steps: impl Iterator<Item = (usize, usize, f32)>) -> Option<Self> {
        let (mut tree, root) = Self::new();
        let mut places = vec![root];
        for (leaf, feature, threshold) in steps {
            let [left, right] = tree.split(*places.get(leaf)?, feature, threshold);
            places[leaf] = left;
            places.push(right);
        }
        Some(tree)
    }

    /// The number of the leaf that a row of values belongs to.
    pub(crate) fn leaf_of(&self, row: &[f32]) -> usize {
        let mut node = self.nodes[0];
        loop {
            match node {
                Node::Leaf(number) => return number as usize,
                Node::Split {
                    feature,
                    threshold,
                    children,
                } => {
                    let is_above = row[feature as usize] > threshold;
                    node = self.nodes[children as usize + usize::from(is_above)];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_find_their_leaves() {
        let (mut tree, root) = Tree::new();
        assert_eq!(tree.leaf_of(&[5.0, 5.0]), 0);
        let [left, right] = tree.split(root, 1, 2.0);
        let [_, far] = tree.split(left, 0, -1.0);
        assert_eq!((tree.number(far), tree.number(right)), (2, 1));
        assert_eq!((tree.leaves(), tree.splits()), (3, 2));
        let leaves = [[0.0, 2.1], [-1.0, 2.0], [-0.9, 2.0]].map(|row| tree.leaf_of(&row));
        assert_eq!(leaves, [1, 0, 2]);
    }

    #[test]
    fn a_tree_is_made_again_from_its_steps() {
        let steps = [
            (0, 3, 1.5),
            (1, 0, -2.0),
            (0, 2, 0.25),
            (2, 1, 8.0),
            (0, 0, 0.0),
        ];
        let tree = Tree::of_steps(steps.into_iter()).unwrap();
        assert_eq!(tree.steps(), steps);
        assert_eq!(Tree::new().0.steps(), []);
        assert_eq!(Tree::of_steps([(0, 0, 1.0), (2, 0, 1.0)].into_iter()), None);
    }
}
