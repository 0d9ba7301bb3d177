-- PDFs of credit and debit notes: stored once with their hash, as those of invoices are.

-- CreateTable
CREATE TABLE "credit_note_documents" (
    "organization_id" TEXT NOT NULL,
    "credit_note_id" TEXT NOT NULL,
    "content" BYTEA NOT NULL,
    "sha256" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credit_note_documents_pkey" PRIMARY KEY ("organization_id","credit_note_id")
);

-- AddForeignKey
ALTER TABLE "credit_note_documents" ADD CONSTRAINT "credit_note_documents_organization_id_credit_note_id_fkey" FOREIGN KEY ("organization_id", "credit_note_id") REFERENCES "credit_notes"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── Walls and grants ──
ALTER TABLE credit_note_documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE credit_note_documents FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON credit_note_documents TO tollgate_console, tollgate_worker, tollgate_migrator
  USING (organization_id = (SELECT current_organization())) WITH CHECK (organization_id = (SELECT current_organization()));
-- Nobody changes or removes what was handed out.
GRANT SELECT, INSERT ON credit_note_documents TO tollgate_console, tollgate_worker;
