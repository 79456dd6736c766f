-- Above which organizations a deleted one stood: what happened in it stays to be read by those above it. It is in nobody's reach
-- for anything else.
CREATE TABLE closed_org_tree (
    ancestor_id BIGINT NOT NULL REFERENCES organizations (id),
    org_id      BIGINT NOT NULL REFERENCES organizations (id),
    depth       BIGINT NOT NULL,
    PRIMARY KEY (ancestor_id, org_id)
);
CREATE INDEX closed_org_tree_by_org ON closed_org_tree (org_id);
INSERT INTO closed_org_tree (ancestor_id, org_id, depth)
WITH RECURSIVE above (org_id, ancestor_id, depth) AS (
    SELECT id, parent_id, CAST(1 AS BIGINT) FROM organizations WHERE closed_at IS NOT NULL AND parent_id IS NOT NULL
    UNION ALL
    SELECT a.org_id, o.parent_id, a.depth + 1 FROM above a JOIN organizations o ON o.id = a.ancestor_id
    WHERE o.parent_id IS NOT NULL
)
SELECT ancestor_id, org_id, depth FROM above;
