'''<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7191 * 7193 }}'''


def run(x: '<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7191 * 7193 }}' = '<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7191 * 7193 }}') -> None:
    '''<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7191 * 7193 }}'''
