namespace Pipelines.Core.Tools.Python;

/// <summary>Runs unittest with a JUnit report, which unittest itself cannot write. The program goes in by standard input: nothing is left in the checkout.</summary>
internal static class UnittestRunner
{
    /// <summary>Arguments: folder or file, file name pattern, report. Exit code 0: all passed or were skipped; 1: some failed.</summary>
    public const string Program =
        """
        import os, sys, time, unittest
        import xml.etree.ElementTree as ET

        path, pattern, report = sys.argv[1:4]
        sys.path.insert(0, os.getcwd())

        class Result(unittest.TextTestResult):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                self.cases, self.began, self.open = [], {}, {}
            def add(self, test, kind, text=None):
                started = self.began.get(test.id())
                self.cases.append((test, kind, text, 0 if started is None else time.perf_counter() - started))
                self.open[test.id()] = False
            def text(self, test, err):
                return self._exc_info_to_string(err, test)
            def startTest(self, test):
                super().startTest(test)
                self.began[test.id()] = time.perf_counter()
                self.open[test.id()] = True
            def addSuccess(self, test):
                super().addSuccess(test)
                if self.open.get(test.id()):
                    self.add(test, 'passed')
            def addFailure(self, test, err):
                super().addFailure(test, err)
                self.add(test, 'failure', self.text(test, err))
            def addError(self, test, err):
                super().addError(test, err)
                self.add(test, 'error', self.text(test, err))
            def addSkip(self, test, reason):
                super().addSkip(test, reason)
                self.add(test, 'skipped', reason)
            def addExpectedFailure(self, test, err):
                super().addExpectedFailure(test, err)
                self.add(test, 'passed')
            def addUnexpectedSuccess(self, test):
                super().addUnexpectedSuccess(test)
                self.add(test, 'failure', 'passed, though it is marked as an expected failure')
            def addSubTest(self, test, subtest, err):
                super().addSubTest(test, subtest, err)
                if err is not None:
                    kind = 'failure' if issubclass(err[0], test.failureException) else 'error'
                    self.add(subtest, kind, self.text(test, err))
                    self.open[test.id()] = False

        def discover():
            folder, names = path, pattern
            if os.path.isfile(path):
                folder, names = os.path.dirname(path) or '.', os.path.basename(path)
            top = os.path.abspath(folder)
            while os.path.isfile(os.path.join(top, '__init__.py')):
                top = os.path.dirname(top)
            return unittest.TestLoader().discover(folder, names, top)

        def clean(text):
            return ''.join(c if c in '\t\n' or ' ' <= c < '\ud800' or '\ue000' <= c < '\ufffe' or c > '\uffff' else '?' for c in text)

        def name(test):
            identity = test.id()
            if identity.startswith('unittest.loader._FailedTest.'):
                return '', identity[len('unittest.loader._FailedTest.'):]
            owner, _, method = identity.partition(' ')[0].rpartition('.')
            return owner, identity[len(owner) + 1:] if owner else identity

        def main():
            result = unittest.TextTestRunner(stream=sys.stderr, verbosity=2, resultclass=Result).run(discover())
            root = ET.Element('testsuites')
            suite = ET.SubElement(root, 'testsuite', name='unittest')
            for test, kind, text, seconds in result.cases:
                owner, method = name(test)
                case = ET.SubElement(suite, 'testcase', classname=clean(owner), name=clean(method), time='%.6f' % seconds)
                if kind != 'passed':
                    lines = [line for line in clean(text or '').splitlines() if line.strip()] or ['']
                    message = lines[0] if kind == 'skipped' else next((line for line in reversed(lines) if not line.startswith(' ')), lines[-1])
                    ET.SubElement(case, kind, message=message.strip()).text = clean(text or '')
            ET.ElementTree(root).write(report, encoding='utf-8', xml_declaration=True)
            return 0 if result.wasSuccessful() else 1

        if __name__ == '__main__':
            sys.exit(main())
        """;
}
