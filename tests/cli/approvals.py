"""Signed approvals with real keys: who may sign, what binds a signature, and what --yes is not."""

import json
import subprocess
import unittest

from project import PIPELINE, Project

APPROVED = PIPELINE.replace(
    "guarded: { protected: true,",
    "guarded: { approval: { by: [lead, ops], quorum: QUORUM, expires: 4h, signers: deploy-signers },")
STEP_WAITS = PIPELINE.replace("    needs: [test]", "    needs: [test]\n"
                              "    approval: { by: [lead], signers: deploy-signers }")


PLAN = "../next.plan"  # beside the work tree: a new file in it would make another source


class Approvals(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project())
        self.keys = {}
        for who in ("lead", "ops", "stranger", "ann@example.com"):
            self.keys[who] = str(self.project.home / who)
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", who, "-f", self.keys[who]], check=True)
        self.write_signers("lead", "ops")
        self.motd = self.project.root / "guarded" / "motd"

    def public(self, who):
        return (self.project.home / f"{who}.pub").read_text()

    def write_signers(self, *names):
        (self.project.place / "deploy-signers").write_text("".join(f"{who} {self.public(who)}" for who in names))

    def planned(self, pipeline=APPROVED, quorum=1):
        self.project.write(pipeline.replace("QUORUM", str(quorum)))
        self.project.git_commit("one")
        return self.project.expect(0, "plan", "guarded", "-o", PLAN)

    def approve(self, who, *words, code=0, subject=PLAN):
        return self.project.expect(code, "approve", subject, "--key", self.keys[who], *words)

    def refused(self, *words, plan=PLAN):
        result = self.project.expect(6, "apply", plan, "--yes")
        self.assertFalse(self.motd.exists())
        for word in words:
            self.assertIn(word, result.stderr)
        return result

    def test_the_plan_says_whose_signatures_it_needs(self):
        result = self.planned(quorum=2)
        self.assertRegex(result.stdout, r"approval +2 signed by lead, ops \(deploy-signers of commit [0-9a-f]{12}")
        self.assertIn("there is no release yet", " ".join(result.stdout.split()))

    def test_yes_is_no_signature(self):
        self.planned()
        self.refused("0 of 1 signed approvals by lead, ops", "deployctl approve FILE")
        self.project.expect(6, "apply", "guarded", "--yes")

    def test_signed_and_applied_and_recorded(self):
        self.planned()
        self.approve("lead")
        self.project.expect(0, "apply", PLAN)
        self.assertTrue(self.motd.exists())
        release = self.project.document(0, "show", "1", "--env", "guarded")
        self.assertIn("lead", str(release))

    def test_a_quorum_of_two(self):
        self.planned(quorum=2)
        self.approve("lead")
        self.approve("lead")
        self.refused("1 of 2")
        self.approve("ops")
        self.project.expect(0, "apply", PLAN)

    def test_ssh_keygen_itself_can_sign_and_check(self):
        self.planned()
        self.approve("lead")
        file = self.project.folder / "next.plan.approvals"
        approval = json.loads(file.read_text())["approvals"][0]
        message = json.dumps(approval["statement"], sort_keys=True, separators=(",", ":")) + "\n"
        signature = self.project.home / "signature"
        signature.write_text(approval["signature"])
        subprocess.run(["ssh-keygen", "-Y", "verify", "-f", str(self.project.place / "deploy-signers"), "-I", "lead",
                        "-n", "deployctl-approval", "-s", str(signature)], input=message, text=True, check=True,
                       capture_output=True)
        signed = subprocess.run(["ssh-keygen", "-Y", "sign", "-n", "deployctl-approval", "-f", self.keys["ops"]],
                                input=message, text=True, check=True, capture_output=True)
        file.write_text(json.dumps({"format": 1, "approvals": [
            {"statement": approval["statement"], "signature": signed.stdout}]}))
        self.project.expect(0, "apply", PLAN)

    def test_a_strangers_signature(self):
        self.planned()
        self.approve("stranger")
        self.refused("not, or no longer, one of lead, ops")
        audit = self.project.place / ".deployctl" / "stacks" / "hello" / "guarded" / "audit.log"
        self.assertIn("approval_refused", audit.read_text())

    def test_the_working_tree_does_not_say_who_may_sign(self):
        self.planned()
        self.write_signers("stranger")
        (self.project.place / "deploy-signers").write_text("lead " + self.public("stranger"))
        self.approve("stranger")
        self.refused("not, or no longer")

    def test_the_commit_that_is_live_says_who_may_sign(self):
        self.planned()
        self.approve("lead")
        self.project.expect(0, "apply", PLAN)
        self.motd.unlink()
        (self.project.place / "deploy-signers").write_text("lead " + self.public("stranger"))
        self.project.edit("greeting: hello", "greeting: two")
        self.project.git_commit("two")
        plan = self.project.expect(0, "plan", "guarded", "-o", "../next2.plan")
        self.assertIn("which is live", " ".join(plan.stdout.split()))
        self.approve("stranger", subject="../next2.plan")
        self.refused("not, or no longer", plan="../next2.plan")
        self.approve("lead", subject="../next2.plan")
        self.project.expect(0, "apply", "../next2.plan")
        self.assertEqual(self.motd.read_text(), "two")

    def test_an_approval_of_another_plan(self):
        self.planned()
        self.approve("lead")
        self.project.edit("greeting: hello", "greeting: other")
        self.project.git_commit("two")
        self.project.expect(0, "plan", "guarded", "-o", "../other.plan")
        (self.project.folder / "next.plan.approvals").rename(self.project.folder / "other.plan.approvals")
        self.refused("of another plan", plan="../other.plan")

    def test_an_altered_approval(self):
        self.planned()
        self.approve("lead")
        file = self.project.folder / "next.plan.approvals"
        file.write_text(file.read_text().replace('"signed_at":"2', '"signed_at":"1'))
        self.project.expect(3, "apply", PLAN)  # no year that a time can have
        file.write_text(file.read_text().replace('"signed_at":"1', '"signed_at":"2').replace(
            '"expires_at":"20', '"expires_at":"21'))
        self.refused("altered after it was signed")

    def test_nobody_approves_their_own(self):
        self.write_signers("lead", "ops", "ann@example.com")
        self.planned(APPROVED.replace("by: [lead, ops]", 'by: [lead, ops, "ann@example.com"]'))
        self.approve("ann@example.com")
        self.refused("self: deny")

    def test_a_denial_outweighs_and_can_be_taken_back(self):
        self.planned()
        self.approve("lead")
        self.approve("ops", "--deny")
        self.refused("ops denied it")
        self.approve("ops")
        self.project.expect(0, "apply", PLAN)

    def test_what_needs_no_signature_or_is_no_plan(self):
        self.project.expect(0, "plan", "local", "-o", PLAN)
        self.assertIn("needs no signature", self.approve("lead", code=3).stderr)
        self.approve("lead", code=3, subject="nothing.plan")
        plan = self.project.folder / "next.plan"
        plan.write_text(plan.read_text().replace("motd", "motb"))
        self.approve("lead", code=7)

    def test_outside_a_repository_nobody_can_tell_who_may_sign(self):
        self.project.write(APPROVED.replace("QUORUM", "1"))
        self.project.expect(0, "plan", "guarded", "-o", PLAN)
        self.approve("lead")
        self.refused("need a git repository")

    def test_a_step_that_waits_parks_the_run(self):
        self.project.write(STEP_WAITS)
        self.project.git_commit("one")
        parked = self.project.expect(6, "apply", "guarded", "--yes")
        self.assertIn("step 'motd' waits for approval: 0 of 1 signed approvals by lead", parked.stderr)
        self.assertFalse(self.motd.exists())
        run = next((self.project.place / ".deployctl" / "runs").glob("*.journal")).stem
        self.assertIn(f"deployctl approve {run}", " ".join(parked.stderr.split()))
        self.approve("stranger", subject=run)
        self.assertIn("not, or no longer", self.project.expect(6, "resume").stderr)
        self.approve("lead", subject=run)
        self.project.expect(0, "resume")
        self.assertTrue(self.motd.exists())
        self.approve("lead", subject="01ARZ3NDEKTSV4RRFFQ69G5FAV", code=1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
