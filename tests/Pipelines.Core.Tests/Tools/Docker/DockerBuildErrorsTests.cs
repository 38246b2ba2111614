using Pipelines.Core.Tools.Docker;

namespace Pipelines.Core.Tests.Tools.Docker;

public class DockerBuildErrorsTests
{
    [Theory]
    [InlineData("#3 ERROR: x\n > [internal] load metadata for nohost.invalid/base:1:\n------\nfailed to solve with frontend dockerfile.v0: failed to create LLB definition: failed to do request: Head \"https://nohost.invalid/v2/base/manifests/1\": dial tcp: lookup nohost.invalid on 10.0.0.1:53: no such host\n", "nohost.invalid/base:1", true)]
    [InlineData(" > [internal] load metadata for docker.io/library/python:3.12:\nfailed to solve with frontend dockerfile.v0: failed to create LLB definition: failed to do request: Head \"https://registry-1.docker.io/v2/library/python/manifests/3.12\": dial tcp: lookup registry-1.docker.io: no such host", "python:3.12", true)]
    [InlineData("ERROR: failed to solve: python:3.12: failed to resolve source metadata for docker.io/library/python:3.12: unexpected status from HEAD request to https://registry-1.docker.io/v2/library/python/manifests/3.12: 429 Too Many Requests", "python:3.12", true)]
    [InlineData("ERROR: failed to build: failed to solve: python:nope: failed to resolve source metadata for docker.io/library/python:nope: docker.io/library/python:nope: not found\n\nView build details: docker-desktop://dashboard/build/x", "python:nope", false)]
    [InlineData("Sending build context\nStep 1/1 : FROM python:3.12\nGet \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: no such host", "python:3.12", true)]
    [InlineData("Step 1/3 : FROM --platform=linux/amd64 127.0.0.1:9/x:1\nGet \"http://127.0.0.1:9/v2/\": dial tcp 127.0.0.1:9: connect: connection refused", "127.0.0.1:9/x:1", true)]
    [InlineData("Step 1/3 : FROM python:3.12\ntoomanyrequests: You have reached your pull rate limit.", "python:3.12", true)]
    [InlineData("Step 1/3 : FROM team/x\npull access denied for team/x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied", "team/x", false)]
    [InlineData("Step 1/3 : FROM python:nope\nmanifest for python:nope not found: manifest unknown: manifest unknown", "python:nope", false)]
    public void BaseImage_PullFails_NamesItAndWhetherARetryHelps(string output, string image, bool transient)
    {
        BaseImageUnavailableException? exception = DockerBuildErrors.BaseImage(output);
        Assert.NotNull(exception);
        Assert.Equal((image, transient), (exception.Image, exception.IsTransient));
    }

    [Theory]
    [InlineData("Step 2/3 : RUN pip install x\nCould not resolve host: no such host\nThe command '/bin/sh -c pip install x' returned a non-zero code: 1")]
    [InlineData("ERROR: failed to solve: process \"/bin/sh -c wget http://x: no such host\" did not complete successfully: exit code: 1")]
    [InlineData("ERROR: failed to solve: failed to compute cache key: failed to calculate checksum of ref x: \"/nope\": not found")]
    [InlineData("failed to solve with frontend dockerfile.v0: failed to create LLB definition: dockerfile parse error line 1: unknown instruction: FORM")]
    [InlineData("Step 2/3 : COPY nope /\nCOPY failed: file not found in build context or excluded by .dockerignore: stat nope: file does not exist")]
    [InlineData("")]
    public void BaseImage_DockerfileIsToBlame_IsNull(string output) => Assert.Null(DockerBuildErrors.BaseImage(output));
}
