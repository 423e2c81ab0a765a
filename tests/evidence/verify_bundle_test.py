"""Tries verify_bundle.py on a bundle that evidence_test writes, and on what is nearly it.

    verify_bundle_test.py EVIDENCE_TEST
"""

import base64
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import verify_bundle

HERE = pathlib.Path(__file__).parent


def write_bundle(directory):
    environment = os.environ | {"EVIDENCE_BUNDLE_DIR": directory}
    command = [EVIDENCE_TEST, "--gtest_filter=BundleTest.IsWrittenForTheVerifier"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def flip_byte(text, index):
    """Base64 of the same bytes but one."""
    data = bytearray(base64.b64decode(text))
    data[index % len(data)] ^= 1 + index % 255
    return base64.b64encode(data).decode()


class VerifyBundleTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.directory.cleanup)
        write_bundle(cls.directory.name)
        cls.text = cls.path("bundle.json").read_text(encoding="utf-8")
        cls.bundle = json.loads(cls.text)
        cls.vkey = cls.path("vkey").read_text()

    @classmethod
    def path(cls, name):
        return pathlib.Path(cls.directory.name, name)

    def run_on(self, text, vkey=None, *flags):
        path = self.path("tried.json")
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        command = [sys.executable, str(HERE / "verify_bundle.py"), str(path), vkey or self.vkey, *flags]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def altered(self, change):
        bundle = copy.deepcopy(self.bundle)
        change(bundle)
        return bundle

    def assert_fails(self, bundle, vkey=None):
        with self.assertRaises(verify_bundle.Failure):
            verify_bundle.verify(bundle, vkey or self.vkey)

    def test_good_bundle_verifies(self):
        result = self.run_on(self.text)
        self.assertEqual((result.returncode, result.stdout), (0, "4 records verified in a tree of 21\n"), result.stderr)
        outcome = json.loads(self.run_on(self.text, None, "--json").stdout)
        self.assertEqual((outcome["verified"], outcome["records"], outcome["size"]), (True, 4, 21))
        self.assertEqual(outcome["origin"], "log.example/clinic")

    def test_witness_verifies_it_too(self):
        self.assertEqual(self.run_on(self.text, self.path("witness_vkey").read_text()).returncode, 0)

    def test_other_key_does_not(self):
        result = self.run_on(self.text, self.path("other_vkey").read_text())
        self.assertEqual(result.returncode, 1)
        self.assertIn("not signed", result.stdout)

    def test_one_altered_byte_is_exit_code_1(self):
        def record(bundle):
            bundle["records"][1]["record"] = flip_byte(bundle["records"][1]["record"], 3)

        def proof(bundle):
            bundle["records"][2]["proof"][1] = flip_byte(bundle["records"][2]["proof"][1], 31)

        def checkpoint(bundle):
            bundle["checkpoint"] = bundle["checkpoint"].replace("\n21\n", "\n22\n")

        def signature(bundle):
            line = bundle["checkpoint"].split("\n")[4]
            name, blob = line.rsplit(" ", 1)
            bundle["checkpoint"] = bundle["checkpoint"].replace(line, f"{name} {flip_byte(blob, 40)}")

        def position(bundle):
            bundle["records"][1]["position"] += 1

        for change in (record, proof, checkpoint, signature, position):
            with self.subTest(change.__name__):
                text = json.dumps(self.altered(change))
                result = self.run_on(text)
                self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
                self.assertTrue(result.stdout.startswith("not verified: "), result.stdout)
                outcome = json.loads(self.run_on(text, None, "--json").stdout)
                self.assertFalse(outcome["verified"])

    def test_no_byte_of_records_and_proofs_is_free(self):
        for i, entry in enumerate(self.bundle["records"]):
            for byte in range(len(base64.b64decode(entry["record"]))):
                bundle = copy.deepcopy(self.bundle)
                bundle["records"][i]["record"] = flip_byte(entry["record"], byte)
                self.assert_fails(bundle)
            for j, value in enumerate(entry["proof"]):
                bundle = copy.deepcopy(self.bundle)
                bundle["records"][i]["proof"][j] = flip_byte(value, i + j)
                self.assert_fails(bundle)

    def test_no_character_of_the_checkpoint_is_free(self):
        note = self.bundle["checkpoint"]
        own = note[: note.rindex("\u2014")]  # The last line is the witness's, whom this key does not know.
        for index in range(len(own)):
            changed = note[:index] + chr(ord(note[index]) ^ 1) + note[index + 1 :]
            self.assert_fails(self.bundle | {"checkpoint": changed})

    def test_no_character_of_the_key_is_free(self):
        for index, character in enumerate(self.vkey):
            self.assert_fails(self.bundle, self.vkey[:index] + chr(ord(character) ^ 1) + self.vkey[index + 1 :])

    def test_other_forms_are_refused(self):
        first = self.bundle["records"][0]
        proof = first["proof"]
        cases = {
            "no records": {"records": []},
            "records are no list": {"records": {}},
            "a record twice": {"records": [first, first]},
            "order": {"records": self.bundle["records"][::-1]},
            "position 0": {"records": [first | {"position": 0}]},
            "position true": {"records": [first | {"position": True}]},
            "position beyond": {"records": [first | {"position": 22}]},
            "position as text": {"records": [first | {"position": "1"}]},
            "proof cut": {"records": [first | {"proof": proof[:-1]}]},
            "proof longer": {"records": [first | {"proof": proof + proof[-1:]}]},
            "proof exchanged": {"records": [first | {"proof": [proof[1], proof[0], *proof[2:]]}]},
            "hash cut": {"records": [first | {"proof": [proof[0][:40], *proof[1:]]}]},
            "no proof": {"records": [first | {"proof": None}]},
            "no base64": {"records": [first | {"record": first["record"] + "\n"}]},
            "more in a record": {"records": [first | {"note": "unproved"}]},
            "more in the bundle": {"note": "unproved"},
            "checkpoint is no text": {"checkpoint": None},
            "no signature": {"checkpoint": self.bundle["checkpoint"].split("\n\n")[0] + "\n"},
            "half of a pair": {"checkpoint": "\ud800" + self.bundle["checkpoint"]},
        }
        for name, change in cases.items():
            with self.subTest(name):
                self.assert_fails(self.bundle | change)
        for text in ("", "[]", "null", "{", "[" * 100000, self.text.replace('{"checkpoint"', '{"records": [], "checkpoint"')):
            with self.subTest(text[:30]):
                self.assertEqual(self.run_on(text).returncode, 1)

    def test_first_vectors_of_rfc_8032(self):
        vectors = (
            (
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            ),
            (
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            ),
        )
        for key, message, signature in vectors:
            key, message, signature = (bytes.fromhex(text) for text in (key, message, signature))
            self.assertTrue(verify_bundle.ed25519_verifies(key, message, signature))
            self.assertFalse(verify_bundle.ed25519_verifies(key, message + b"x", signature))
            # The same signature with s + order must not be another good one.
            s = int.from_bytes(signature[32:], "little") + verify_bundle.ORDER
            self.assertFalse(verify_bundle.ed25519_verifies(key, message, signature[:32] + s.to_bytes(32, "little")))


if __name__ == "__main__":
    EVIDENCE_TEST = sys.argv.pop(1)
    unittest.main()
